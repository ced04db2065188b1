/// The working days of mainland China: public holidays, and the weekend days worked in exchange (调休).
///
/// Source: the Python package `chinesecalendar` 1.11.0 (MIT licence), whose dates are those of the
/// yearly notices of the State Council (国务院办公厅关于部分节假日安排的通知), read on 2026-11-24: its
/// answer for each day of 2004 to 2026, as far as it differs from Monday to Friday. Cross-checked
/// with `holidays` 0.109 (MIT licence), country CN, day by day: one difference, Saturday 2005-12-31,
/// which `chinesecalendar` lacks. The notice for 2006 exchanges that day for Tuesday 2006-01-03,
/// which both have as free, so it was worked, as `holidays` says; it stands below.
///
/// The dates of a year are published in the November before it. Until a version has them, a file of
/// the user does: `calendars: { cn-workdays: { file: cn-2027.yaml } }`.
enum ChineseWorkdays {
    static let name = "cn-workdays"

    static let years = 2004...2026

    static let calendar = DayCalendar(name: name, table: definition.table)

    /// The exceptions as a definition.
    static let definition: CalendarDefinition.Dates = {
        var dates = CalendarDefinition.Dates(base: .weekdays, years: years)
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard let year = words.first.flatMap({ Int($0) }) else { continue }
            let ranges = words.dropFirst(2).map { range($0, of: year) }
            if words[1] == "on" { dates.on += ranges } else { dates.off += ranges }
        }
        return dates
    }()

    /// Day numbers of `0501` or `1001-1007`.
    private static func range(_ text: Substring, of year: Int) -> ClosedRange<Int> {
        let ends = text.split(separator: "-").compactMap { Int($0) }
            .map { CivilDate(year: year, month: $0 / 100, day: $0 % 100).dayNumber }
        precondition((1...2).contains(ends.count), "the table of \(year) has a bad item \(text)")
        return ends[0]...ends[ends.count - 1]
    }

    /// Month and day of weekdays without work (`off`) and weekend days with it (`on`).
    ///
    /// A range has both ends.
    private static let text = """
        2004 off 0101 0122-0123 0126-0128 0503-0507 1001 1004-1007
        2004 on 0117-0118 0508-0509 1009-1010
        2005 off 0103 0209-0211 0214-0215 0502-0506 1003-1007
        2005 on 0205-0206 0430 0508 1008-1009 1231
        2006 off 0102-0103 0130-0203 0501-0505 1002-1006
        2006 on 0128 0205 0429-0430 0930 1008 1230-1231
        2007 off 0101-0103 0219-0223 0501-0504 0507 1001-1005 1231
        2007 on 0217 0225 0428-0429 0929-0930 1229
        2008 off 0101 0206-0208 0211-0212 0404 0501-0502 0609 0915 0929-1003
        2008 on 0202-0203 0504 0927-0928
        2009 off 0101-0102 0126-0130 0406 0501 0528-0529 1001-1002 1005-1008
        2009 on 0104 0124 0201 0531 0927 1010
        2010 off 0101 0215-0219 0405 0503 0614-0616 0922-0924 1001 1004-1007
        2010 on 0220-0221 0612-0613 0919 0925-0926 1009
        2011 off 0103 0202-0204 0207-0208 0404-0405 0502 0606 0912 1003-1007
        2011 on 0130 0212 0402 1008-1009 1231
        2012 off 0102-0103 0123-0127 0402-0404 0430-0501 0622 1001-1005
        2012 on 0121 0129 0331-0401 0428 0929
        2013 off 0101-0103 0211-0215 0404-0405 0429-0501 0610-0612 0919-0920 1001-1004 1007
        2013 on 0105-0106 0216-0217 0407 0427-0428 0608-0609 0922 0929 1012
        2014 off 0101 0131 0203-0206 0407 0501-0502 0602 0908 1001-1003 1006-1007
        2014 on 0126 0208 0504 0928 1011
        2015 off 0101-0102 0218-0220 0223-0224 0406 0501 0622 0903-0904 1001-1002 1005-1007
        2015 on 0104 0215 0228 0906 1010
        2016 off 0101 0208-0212 0404 0502 0609-0610 0915-0916 1003-1007
        2016 on 0206 0214 0612 0918 1008-1009
        2017 off 0102 0127 0130-0202 0403-0404 0501 0529-0530 1002-1006
        2017 on 0122 0204 0401 0527 0930
        2018 off 0101 0215-0216 0219-0221 0405-0406 0430-0501 0618 0924 1001-1005 1231
        2018 on 0211 0224 0408 0428 0929-0930 1229
        2019 off 0101 0204-0208 0405 0501-0503 0607 0913 1001-1004 1007
        2019 on 0202-0203 0428 0505 0929 1012
        2020 off 0101 0124 0127-0131 0406 0501 0504-0505 0625-0626 1001-1002 1005-1008
        2020 on 0119 0426 0509 0628 0927 1010
        2021 off 0101 0211-0212 0215-0217 0405 0503-0505 0614 0920-0921 1001 1004-1007
        2021 on 0207 0220 0425 0508 0918 0926 1009
        2022 off 0103 0131-0204 0404-0405 0502-0504 0603 0912 1003-1007
        2022 on 0129-0130 0402 0424 0507 1008-1009
        2023 off 0102 0123-0127 0405 0501-0503 0622-0623 0929 1002-1006
        2023 on 0128-0129 0423 0506 0625 1007-1008
        2024 off 0101 0212-0216 0404-0405 0501-0503 0610 0916-0917 1001-1004 1007
        2024 on 0204 0218 0407 0428 0511 0914 0929 1012
        2025 off 0101 0128-0131 0203-0204 0404 0501-0502 0505 0602 1001-1003 1006-1008
        2025 on 0126 0208 0427 0928 1011
        2026 off 0101-0102 0216-0220 0223 0406 0501 0504-0505 0619 0925 1001-1002 1005-1007
        2026 on 0104 0214 0228 0509 0920 1010
        """
}
