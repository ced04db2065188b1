import DownbeatCore
import Testing

@Suite("Display width")
struct DisplayWidthTests {
    @Test(
        arguments: [
            ("", 0), ("abc", 3), ("每日备份", 8), ("ａ１", 4), ("한글", 4), ("かな", 4), ("e\u{301}", 1),
            ("🚀", 2), ("👨‍👩‍👧", 2), ("🇨🇳", 2), ("⚠", 1), ("⚠\u{FE0F}", 2), ("…", 1), ("é", 1),
            ("a\u{200B}b", 2), ("नि", 1), ("\u{1112}\u{1161}\u{11AB}", 2),
        ]
    )
    func `a text takes the cells that a terminal gives it`(_ text: String, _ width: Int) {
        #expect(DisplayWidth.of(text) == width)
    }

    @Test func `padding counts cells`() {
        #expect(DisplayWidth.padded("备份", to: 6) == "备份  ")
        #expect(DisplayWidth.padded("backup", to: 3) == "backup")
    }
}
