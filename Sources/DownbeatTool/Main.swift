import DownbeatCommand

@main struct Main {
    static func main() { CommandRunner.main() }
}
