throw new Error("no database\nat line 2");
