import CFuzzer
import Foundation

/// Starts libFuzzer for one reader of texts, with seeds from the tests' corpus.
///
/// A trap of Swift, a broken property (`precondition`) and an input of more than a second are crashes:
/// libFuzzer names the file with the input and ends with a status that is not 0. Its own flags come
/// from the command line: `-max_total_time=30`, or the file of an input to run that alone. A folder
/// keeps what was found for the next run.
package enum FuzzRun {
    /// The longest input that is tried; longer ones are the business of tables.
    private static let inputBytesMax = 400
    /// No input may take longer.
    private static let cpuSecondsMax = 1.0

    /// Runs until libFuzzer ends the process or has had enough.
    ///
    /// - Parameters:
    ///   - seeds: inputs to begin with.
    ///   - words: parts of the grammar that the fuzzer puts into inputs.
    ///   - body: `LLVMFuzzerTestOneInput`.
    /// - Returns: the exit status.
    package static func start(
        seeds: [String],
        words: [String],
        body: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
    ) -> Int32 {
        leaveCrashesToTheFuzzer()
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "downbeat-fuzz-\(ProcessInfo.processInfo.processIdentifier)")
        do {
            let arguments = try arguments(seeds: seeds, words: words, folder: folder)
            var pointers = arguments.map { strdup($0) } + [nil]
            var count = Int32(arguments.count)
            return pointers.withUnsafeMutableBufferPointer { buffer in
                var start = buffer.baseAddress
                return LLVMFuzzerRunDriver(&count, &start, body)
            }
        } catch {
            FileHandle.standardError.write(Data("\(error)\n".utf8))
            return 1
        }
    }

    /// Runs an input and stops the process when it takes too long, measured in time of the processor,
    /// so that a busy machine is no finding.
    package static func timed(_ body: () -> Void) {
        let begin = cpuSeconds
        body()
        let took = cpuSeconds - begin
        precondition(took < cpuSecondsMax, "the input took \(took) s")
    }

    /// What corpus lines hold under `expr`, and the lines themselves.
    package static func corpus() -> [(expression: String, line: String)] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../DownbeatCoreTests/Corpus").standardized
        var found: [(String, String)] = []
        // A missing corpus leaves the fuzzer with the words alone.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        for name in names.sorted() where name.hasSuffix(".jsonl") {
            // As above.
            let text = try? String(contentsOf: folder.appending(path: name), encoding: .utf8)
            for line in (text ?? "").split(separator: "\n") {
                // A line that is no JSON is no seed.
                let object = try? JSONSerialization.jsonObject(with: Data(line.utf8))
                guard let expression = (object as? [String: Any])?["expr"] as? String else {
                    continue
                }
                found.append((expression, String(line)))
            }
        }
        return found
    }

    /// Swift's own crash handler would come before the one that writes the input to a file; it is
    /// chosen before `main`, so the process starts itself again.
    private static func leaveCrashesToTheFuzzer() {
        guard getenv("SWIFT_BACKTRACE") == nil else { return }
        setenv("SWIFT_BACKTRACE", "enable=no", 1)
        var arguments = CommandLine.arguments.map { strdup($0) } + [nil]
        execv("/proc/self/exe", &arguments)
    }

    private static func arguments(
        seeds: [String],
        words: [String],
        folder: URL
    ) throws -> [String] {
        let given = CommandLine.arguments
        let seedFolder = folder.appending(path: "seeds")
        try FileManager.default.createDirectory(at: seedFolder, withIntermediateDirectories: true)
        for (number, seed) in Set(seeds).sorted().enumerated() {
            try Data(seed.utf8).write(to: seedFolder.appending(path: "\(number)"))
        }
        let dictionary = folder.appending(path: "words")
        let lines = words.map { word in
            "\"" + word.utf8.map { "\\x" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
                + "\"\n"
        }
        try Data(lines.joined().utf8).write(to: dictionary)
        let standard = [
            "-max_len=\(inputBytesMax)", "-timeout=10", "-dict=\(dictionary.path)",
            "-artifact_prefix=\(folder.path)/", "-print_final_stats=1",
        ]
        // A file among the arguments is to be run alone.
        let isReplay = given.dropFirst().contains { argument in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: argument, isDirectory: &isFolder)
                && !isFolder.boolValue
        }
        return given.prefix(1) + standard + given.dropFirst() + (isReplay ? [] : [seedFolder.path])
    }

    private static var cpuSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1_000_000_000
    }
}
