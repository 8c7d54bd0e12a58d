// What starting the runtime costs without anything to import.
export {};
