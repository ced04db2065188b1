import DownbeatCore

/// Reads `on_failure`: a command as a list, or `none`, which undoes an inherited one.
struct FailureCommandDecoder {
    let fields: ScheduleFields
    let context: DecodingContext
    let environment: EnvironmentDecoder

    func decode() -> [String]? {
        guard let field = fields.field(.onFailure), field.entry.value.text != "none" else {
            return nil
        }
        return ActionDecoder(fields: fields, context: context, environment: environment)
            .words(field.entry.value, of: field.entry.name)
    }
}
