import { proxySinks, type Sinks, type WorkflowInterceptorsFactory } from "@temporalio/workflow";

/** Where the audit hears what the workflow code commands. */
export interface AuditSinks extends Sinks {
  audit: { commands(commands: readonly unknown[]): void };
}

const { audit } = proxySinks<AuditSinks>();

/**
 * Bundled only for audits. Hands every command of an activation, with its payloads already encoded, to the auditor:
 * activity inputs and options, timers, child starts, signals, upserts, update outcomes, continue-as-new arguments and
 * results. A plain function on the closing hook: no await and no wrapped promise, so the order of a replay is that of
 * the code alone.
 */
export const interceptors: WorkflowInterceptorsFactory = () => ({
  internals: [
    {
      concludeActivation(input, next) {
        if (input.commands.length > 0) audit.commands([...input.commands]);
        return next(input);
      },
    },
  ],
});
