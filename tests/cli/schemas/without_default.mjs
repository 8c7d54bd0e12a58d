export const Settings = () => [];
