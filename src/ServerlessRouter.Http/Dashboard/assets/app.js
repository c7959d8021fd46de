// Where this page came from, also below a path that a proxy puts before it.
const answer = await fetch(new URL("session", import.meta.url));
const state = document.getElementById("state");
state.textContent = answer.ok ? `Logged in as ${(await answer.json()).role}.` : "Not logged in.";
