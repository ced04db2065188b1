import Testing

extension Tag {
    /// Starts real processes.
    @Tag static var processes: Self
}
