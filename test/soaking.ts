// Whether tests take all the time that they can use: `npm run soak` does, `npm test` has a part that stands for the whole. Knows nothing of any test.

export const SOAKING: boolean = process.env["PLATMAP_SOAK"] === "1";
