import Foundation

/// The machine's load, to be read beside every measured figure.
enum LoadAverage {
    /// The 1-minute average; nil when the system does not say.
    static func read() -> Double? {
        var loads = [Double](repeating: 0, count: 1)
        return getloadavg(&loads, 1) == 1 ? (loads[0] * 100).rounded() / 100 : nil
    }
}
