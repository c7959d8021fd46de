namespace ServerlessRouter.Core.Tests.Doors.Messages;

/// <summary>A later turn of a coding agent of Anthropic's, in the shape its traffic is described in: system blocks with marks, reminders beside what the user says, thinking, calls side by side, results with images and errors.</summary>
internal static class AgentConversation
{
    public const string Request = """
        {
          "model": "auto",
          "max_tokens": 32000,
          "stream": true,
          "system": [
            {"type": "text", "text": "x-anthropic-billing-header: cc_version=2.1.177.01c; cc_entrypoint=cli; cch=36ee5;"},
            {"type": "text", "text": "You are an agent for coding.", "cache_control": {"type": "ephemeral"}},
            {"type": "text", "text": "Environment: linux\nToday: 2026-11-30", "cache_control": {"type": "ephemeral"}}
          ],
          "metadata": {"user_id": "{\"device_id\":\"0123456789abcdef0123456789abcdef\",\"account_uuid\":\"\",\"session_id\":\"5f2c9c1e-0d3c-4a57-9b52-7f6a1c1d2e3f\"}"},
          "thinking": {"type": "adaptive"},
          "output_config": {"effort": "medium"},
          "context_management": {"edits": [{"type": "clear_thinking_20251015", "keep": "all"}]},
          "tools": [
            {"name": "Read", "description": "Reads a file.", "input_schema": {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "properties": {"file_path": {"type": "string"}}, "required": ["file_path"], "additionalProperties": false}},
            {"name": "Bash", "description": "Runs a command.", "input_schema": {"type": "object", "properties": {"command": {"type": "string"}, "timeout": {"type": "number"}}, "required": ["command"]}},
            {"name": "mcp__plugin_playwright_playwright__browser_take_screenshot_of_the_whole_page", "description": "Takes a picture.", "input_schema": {"type": "object", "properties": {}}, "cache_control": {"type": "ephemeral"}}
          ],
          "messages": [
            {"role": "user", "content": [
              {"type": "text", "text": "<system-reminder>\nAs you answer, use this context.\n</system-reminder>"},
              {"type": "text", "text": "Why does the page look wrong? 😀"}
            ]},
            {"role": "assistant", "content": [
              {"type": "thinking", "thinking": "I should look at the page and the file.", "signature": "EqQBCkYIBxgCKkD+sig/nature=="},
              {"type": "text", "text": "I'll look at both."},
              {"type": "tool_use", "id": "toolu_01A", "name": "Read", "input": {"file_path": "/src/app.css"}},
              {"type": "tool_use", "id": "toolu_01B", "name": "mcp__plugin_playwright_playwright__browser_take_screenshot_of_the_whole_page", "input": {}},
              {"type": "tool_use", "id": "toolu_01C", "name": "Bash", "input": {"command": "ls \"/src\"", "timeout": 5000}}
            ]},
            {"role": "user", "content": [
              {"type": "tool_result", "tool_use_id": "toolu_01A", "content": "     1\tbody { color: red; }"},
              {"type": "tool_result", "tool_use_id": "toolu_01B", "content": [{"type": "text", "text": "Screenshot taken."}, {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}}]},
              {"type": "tool_result", "tool_use_id": "toolu_01C", "content": "Exit code 2", "is_error": true},
              {"type": "text", "text": "<system-reminder>Be quick.</system-reminder>", "cache_control": {"type": "ephemeral"}}
            ]}
          ]
        }
        """;
}
