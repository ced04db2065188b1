import DownbeatCore
import Testing

@Suite("FNV1a64")
struct FNV1a64Tests {
    /// Source: the test vectors of draft-eastlake-fnv.
    @Test(
        arguments: [
            ("", "cbf29ce484222325"), ("a", "af63dc4c8601ec8c"), ("foobar", "85944171f73967e8"),
        ]
    )
    func `the published vectors hold`(_ text: String, _ hash: String) {
        #expect(FNV1a64(text).hexadecimal == hash)
    }
}
