import DownbeatCore
import Testing

@Suite("Template")
struct TemplateTests {
    private let values: [Template.Placeholder: String] = [
        .due: "2026-11-23T03:00:00+08:00", .schedule: "每日", .attempt: "2",
    ]

    @Test(
        arguments: [
            ("plain", "plain"), ("", ""), ("{{due}}", "2026-11-23T03:00:00+08:00"),
            ("a {{ schedule }}/{{attempt}}!", "a 每日/2!"), ("[{{last_ok}}]", "[]"),
            ("{{{{.Names}}", "{{.Names}}"), ("{ } }} {", "{ } }} {"),
            ("{{{{{{due}}", "{{2026-11-23T03:00:00+08:00"),
        ]
    )
    func `placeholders are filled in and the rest stays`(_ text: String, _ rendered: String) throws
    {
        #expect(try Template.parse(text).render(values) == rendered)
    }

    @Test(
        arguments: [
            ("每 {{duee}}", "E0367", 2, 8), ("{{}}", "E0367", 0, 4),
            ("x{{window.end}}", "E0368", 1, 14),
            ("x {{due", "E0369", 2, 5), ("{{due}", "E0369", 0, 6),
        ]
    )
    func `a wrong placeholder is refused with its place`(
        _ text: String,
        _ code: String,
        _ offset: Int,
        _ length: Int
    ) {
        let error = #expect(throws: TextError.self) { try Template.parse(text) }
        #expect(error?.code == code)
        #expect(error?.offset == offset)
        #expect(error?.length == length)
    }

    @Test func `a near name is suggested`() {
        let error = #expect(throws: TextError.self) { try Template.parse("{{shedule}}") }
        #expect(error?.remedy == "did you mean `{{schedule}}`?")
    }
}
