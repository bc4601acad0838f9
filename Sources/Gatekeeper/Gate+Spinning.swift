import LinuxSystem
import Logging
import SessionLink

extension Gate {
    /// Ends a session process that has used up its processor time without getting anywhere.
    ///
    /// It cannot be asked to: it may be inside a library that never comes back.
    func endIfSpinning(_ process: SessionProcess) {
        guard process.dismissal == nil, let spent = process.fruitlessMilliseconds(),
            spent >= options.spinLimit
        else { return }
        process.dismissal = SessionProcess.Dismissal(
            reason: "\(spent) ms of processor time without getting anywhere",
            fault: .spinning,
            isKilled: true
        )
        change(process) { $0.phase = .ending }
        process.kill()
    }
}
