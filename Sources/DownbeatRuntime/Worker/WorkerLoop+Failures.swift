import DownbeatCore

/// What the worker's loop does for `on_failure` commands; `FailureMachine` decides.
extension WorkerLoop {
    /// Starts commands whose claim is durable.
    func startFailures(_ claimed: [ClaimedFailure]) {
        guard !claimed.isEmpty else { return }
        Failpoint.pass("P15")
        perform(failures.claimed(claimed, at: clocks.monotonic))
    }

    func perform(_ actions: [FailureMachine.Action]) {
        for action in actions {
            switch action {
            case .spawn(let key, let failure): spawn(key, failure)
            case .terminate(let key): keeper?.stop(key, .term)
            case .kill(let key): keeper?.stop(key, .kill)
            }
        }
    }

    private func spawn(_ key: UInt64, _ failure: ClaimedFailure) {
        do {
            let run = failure.run
            let command = try AttemptCommand(
                failure,
                zone: zone(of: run),
                surroundings: surroundings(for: run.definition.user),
                secret: secrets.value(of:)
            )
            let output = try AttemptOutput(secrets: command.secrets)
            guard let keeper else { return failureEnded(key, .lost) }
            outputs[key] = output
            for (stream, pipe) in output.open {
                try poller.watch(pipe.number, for: .read)
                watched[pipe.number] = .output(key, stream)
            }
            try keeper.spawn(
                SpawnRequest(
                    key: key,
                    arguments: command.arguments,
                    environment: command.environment,
                    workingDirectory: command.workingDirectory,
                    user: command.user
                ),
                into: output.pipes
            )
            Failpoint.pass("P16")
        } catch let failure as NotRendered {
            failureEnded(key, .notStarted(failure.sentence))
        } catch {
            failureEnded(key, .notStarted("\(error)"))
        }
    }

    /// A command is over: its end goes to the store with the next request.
    func failureEnded(_ key: UInt64, _ report: WorkerMachine.Report) {
        let now = clocks.now
        var tail = ""
        if let output = outputs.removeValue(forKey: key) {
            for (_, pipe) in output.open {
                poller.unwatch(pipe.number)
                watched[pipe.number] = nil
            }
            tail = Self.tail(of: output.finish(at: now).chunks)
        }
        guard let (failure, problem) = failures.ended(key, report, tail: tail) else { return }
        pending.failureEnds.append(
            FailureEnd(run: failure.run.id, endedAt: now, problem: problem)
        )
        service.observer.observe(
            .failureCommandEnded(schedule: failure.run.schedule, problem: problem, at: now)
        )
    }

    /// The last bytes of what a command wrote, as one line.
    private static func tail(of chunks: [OutputChunk]) -> String {
        let bytes = chunks.flatMap(\.bytes).suffix(FailureMachine.tailBytes)
        let text = String(decoding: bytes, as: UTF8.self)
        return text.split(whereSeparator: \.isNewline)
            .filter { !$0.allSatisfy(\.isWhitespace) }
            .joined(separator: " / ")
    }
}
