import CDownbeat

/// The pipes that carry a command's output to the daemon.
///
/// Watch and read `out` and `err` while the command runs; they do not block. After `ended` all that
/// was written is in the pipes: read until `.end` or `.nothingNow`, then close. (`.nothingNow` means
/// that somebody outside of the attempt was given the other end; that is not waited for.)
package struct OutputPipes {
    package let out: Descriptor
    package let err: Descriptor
    let outWriteEnd: Descriptor
    let errWriteEnd: Descriptor

    package init() throws(SystemError) {
        (out, outWriteEnd) = try Self.makePipe()
        (err, errWriteEnd) = try Self.makePipe()
    }

    /// Without the keeper's copies of the write ends, the pipes end when the command's do.
    func closeWriteEnds() {
        outWriteEnd.close()
        errWriteEnd.close()
    }

    private static func makePipe() throws(SystemError) -> (Descriptor, Descriptor) {
        var readEnd: Int32 = -1
        var writeEnd: Int32 = -1
        let error = downbeat_output_pipe(&readEnd, &writeEnd)
        guard error == 0 else {
            throw SystemError(
                "make a pipe",
                errorNumber: error,
                remedy: "raise the limit of open files"
            )
        }
        return (Descriptor(owning: readEnd), Descriptor(owning: writeEnd))
    }
}
