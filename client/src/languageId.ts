// The name of the language, as package.json has it.

export const languageId = "platmap";
