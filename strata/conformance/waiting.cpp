#include <strata/conformance/waiting.hpp>

#include <algorithm>

namespace strata::conformance {
namespace {

struct Format {
    bool (*is)(std::string_view name, std::string_view head);
    const char* why;
};

bool is_lines(std::string_view name) {
    return name.ends_with(".jsonl");
}

constexpr Format kFormats[] = {
    {[](std::string_view, std::string_view head) {
         return head.contains("\"class\": \"message\"") || head.contains("\"class\":\"message\"");
     },
     "this is a message for the official actors of its network version, which are WebAssembly; run it with \"strata "
     "vectors fvm\""},
    {[](std::string_view name, std::string_view head) {
         return name.ends_with(".json") && head.contains("\"instrumented\"");
     },
     "this says what the instrumentation makes of modules; wasm_test compares it"},
    {[](std::string_view name, std::string_view) { return name.ends_with(".wat"); },
     "this is the source of a WebAssembly module, which modules.json has in binary form; wasm_test reads that"},
    {[](std::string_view name, std::string_view) { return name.starts_with("Probe."); },
     "this belongs to a contract of the recorded chains, which chain.car contains"},
    {[](std::string_view name, std::string_view) { return name == "counts.json"; },
     "chain.car has what is counted here, and is checked completely"},
    {[](std::string_view name, std::string_view head) {
         return is_lines(name) && head.contains("\"parent_message_receipts\"");
     },
     "chain.car has the same data, and is checked completely"},
    {[](std::string_view name, std::string_view head) { return is_lines(name) && head.contains("\"sha3Uncles\""); },
     "these are answers of Ethereum methods that are not offered yet"},
    {[](std::string_view name, std::string_view head) { return is_lines(name) && head.contains("\"what\""); },
     "these are messages of libp2p, which the node does not speak yet"},
};

const Format* format_of(const VectorFile& file) {
    constexpr std::size_t kHead = 4096;
    const auto head = std::string_view(file.text()).substr(0, kHead);
    const std::string name = file.name();
    const auto* found = std::ranges::find_if(kFormats, [&](const Format& format) { return format.is(name, head); });
    return found == std::end(kFormats) ? nullptr : found;
}

class Waiting final : public Suite {
  public:
    std::string_view name() const override { return "waiting"; }
    bool recognises(const VectorFile& file) const override { return format_of(file) != nullptr; }
    void run(const VectorFile& file, Report& report) const override {
        if (const auto* format = format_of(file)) report.skip(file.name(), format->why);
    }
};

}  // namespace

const Suite& waiting() {
    static const Waiting suite;
    return suite;
}

}  // namespace strata::conformance
