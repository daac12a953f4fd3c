// Texts are read as a script reads them, whatever the terminal, the CI or the shell that runs the tests asks for.
delete process.env["FORCE_COLOR"];
process.env["NO_COLOR"] = "1";
