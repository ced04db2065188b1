/// The version of this program.
package enum DownbeatVersion {
    package static let text = "0.1.0"
}
