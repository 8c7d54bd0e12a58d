export default (candidate: { readonly port?: unknown }): { path: string; message: string }[] =>
  candidate.port === 1 ? [{ path: "port", message: "must not be 1" }] : [];
