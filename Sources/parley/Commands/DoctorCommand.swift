/// `parley doctor`.
enum DoctorCommand {
    static let command = Command(
        "doctor", options: [.flag("json", "Print JSON")], settings: .all,
        summary: "Examine the installation and say how to mend what is wrong",
        discussion: ["Exit code 0 when Parley can work, 69 when it can't."]
    ) { invocation in
        try invocation.expectNoOperands()
        let report = DoctorReport(await invocation.composition.examine(invocation.settings), invocation.settings)
        if invocation.arguments.flag("json") {
            try invocation.printJSON(report.json)
        } else {
            try invocation.console.print(report.text)
        }
        return report.isUsable ? .success : .unavailable
    }
}
