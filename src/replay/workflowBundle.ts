import {
  bundleWorkflowCode,
  type BundleOptions,
  DefaultLogger,
  type WorkflowBundleWithSourceMap,
} from "@temporalio/worker";

type WebpackConfig = Parameters<NonNullable<BundleOptions["webpackConfigHook"]>>[0];

/** Syntax that the pinned Node runs as it stands. */
const SYNTAX = "es2022";

/**
 * The code of a module of workflows, as workers and audits run it. The SDK would rewrite it for engines of 2017, in
 * which each object spread is a loop over property descriptors: a fifth of the time of a site's workflow tasks.
 * @throws Error when the module cannot be bundled, or the SDK bundles in another way than the pinned version
 */
export function workflowBundle(
  workflowsPath: string,
  workflowInterceptorModules: readonly string[] = [],
): Promise<WorkflowBundleWithSourceMap> {
  return bundleWorkflowCode({
    workflowsPath,
    workflowInterceptorModules: [...workflowInterceptorModules],
    logger: new DefaultLogger("ERROR"),
    webpackConfigHook: keepingSyntax,
  });
}

function keepingSyntax(config: WebpackConfig): WebpackConfig {
  const compilers = (config.module?.rules ?? []).flatMap((rule) => {
    const use = typeof rule === "object" && rule !== null ? rule.use : undefined;
    const options = typeof use === "object" && use !== null && "options" in use ? use.options : undefined;
    const jsc = typeof options === "object" ? (options["jsc"] as { target?: string } | undefined) : undefined;
    return jsc?.target === undefined ? [] : [jsc];
  });
  const [compiler] = compilers;
  if (compiler === undefined || compilers.length > 1)
    throw new Error(`workflow bundle: expected one compiler of TypeScript with a target, found ${compilers.length}`);
  compiler.target = SYNTAX;
  return config;
}
