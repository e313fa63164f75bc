#include <strata/conformance/waiting.hpp>

#include <algorithm>

namespace strata::conformance {
namespace {

struct Format {
    bool (*is)(std::string_view name, std::string_view head);
    const char* why;
};

bool is_lines(std::string_view name) {
    return name.ends_with(".jsonl") || name.ends_with(".jsonl.zst");
}

constexpr Format kFormats[] = {
    {[](std::string_view, std::string_view head) {
         return head.contains("\"class\": \"message\"") || head.contains("\"class\":\"message\"");
     },
     "a message for the official actors of its network version, which are WebAssembly: no engine yet"},
    {[](std::string_view name, std::string_view head) {
         return name.ends_with(".json") && head.contains("\"instrumented\"");
     },
     "instrumented WebAssembly: no engine yet"},
    {[](std::string_view name, std::string_view) { return name.ends_with(".wat"); },
     "source of a WebAssembly module: no engine yet"},
    {[](std::string_view name, std::string_view head) { return is_lines(name) && head.contains("\"calls\""); },
     "gas of instructions, charge by charge: native actors have none"},
    {[](std::string_view name, std::string_view head) {
         return is_lines(name) && head.contains("\"parent_message_receipts\"");
     },
     "what chain.car says too, which is checked whole"},
    {[](std::string_view name, std::string_view head) { return is_lines(name) && head.contains("\"sha3Uncles\""); },
     "answers of the Ethereum API, which is not there yet"},
    {[](std::string_view name, std::string_view head) { return is_lines(name) && head.contains("\"what\""); },
     "libp2p messages: the node has no such network yet"},
};

const Format* format_of(const VectorFile& file) {
    constexpr std::size_t kHead = 4096;
    const auto head = std::string_view(file.text()).substr(0, kHead);
    const std::string name = file.path().filename();
    const auto* found = std::ranges::find_if(kFormats, [&](const Format& format) { return format.is(name, head); });
    return found == std::end(kFormats) ? nullptr : found;
}

class Waiting final : public Suite {
  public:
    std::string_view name() const override { return "waiting"; }
    bool recognises(const VectorFile& file) const override { return format_of(file) != nullptr; }
    void run(const VectorFile& file, Report& report) const override {
        if (const auto* format = format_of(file)) report.skip(file.path().filename(), format->why);
    }
};

}  // namespace

const Suite& waiting() {
    static const Waiting suite;
    return suite;
}

}  // namespace strata::conformance
