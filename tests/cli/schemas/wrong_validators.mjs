export default () => [];
export const validators = { port: () => [] };
