#include <strata/contracts/artifact.hpp>

#include <nlohmann/json.hpp>

#include <map>

#include <strata/base/hex.hpp>

namespace strata::contracts {
namespace {

using Json = nlohmann::json;

Error wrong(const std::string& what) {
    return fail(Errc::invalid_argument, what);
}

/// Returns the hexadecimal code of one contract's JSON; null if it has none.
const Json* code_in(const Json& contract) {
    if (!contract.is_object()) return nullptr;
    // solc's standard output has the code below "evm", Foundry's artifact at "bytecode.object", Hardhat's at
    // "bytecode", and --combined-json at "bin".
    for (const char* path : {"/evm/bytecode/object", "/bytecode/object", "/bytecode", "/bin"}) {
        const Json::json_pointer at(path);
        if (contract.contains(at) && contract.at(at).is_string()) return &contract.at(at);
    }
    return nullptr;
}

/// Returns all contracts with code by name. In a collection the names are "FILE:NAME".
std::map<std::string, const Json*> contracts_in(const Json& file) {
    std::map<std::string, const Json*> out;
    if (const auto* code = code_in(file)) {
        out[file.contains("contractName") && file["contractName"].is_string() ? file["contractName"].get<std::string>()
                                                                              : "contract"] = code;
        return out;
    }
    const auto all = file.find("contracts");
    if (all == file.end() || !all->is_object()) return out;
    for (const auto& [source, inner] : all->items()) {
        if (const auto* code = code_in(inner)) {
            out[source] = code;
        } else if (inner.is_object()) {
            for (const auto& [name, contract] : inner.items())
                if (const auto* found = code_in(contract)) out[source + ":" + name] = found;
        }
    }
    return out;
}

bool is_named(const std::string& full, std::string_view name) {
    if (full == name) return true;
    return full.size() > name.size() && full.ends_with(name) && full[full.size() - name.size() - 1] == ':';
}

Result<Bytes> bytes_of(std::string_view digits) {
    if (digits.starts_with("0x")) digits.remove_prefix(2);
    if (digits.empty()) return wrong("this contract has no code; interfaces and abstract contracts cannot be deployed");
    if (digits.find("__") != std::string_view::npos)
        return wrong("the code still has the places of libraries (" +
                     std::string(digits.substr(digits.find("__"), 40)) +
                     "); link it with the addresses of its libraries first");
    const auto bytes = from_hex(digits);
    if (!bytes) return wrong("the code is not hexadecimal: " + bytes.error().message());
    return *bytes;
}

Result<Bytes> from_json(const Json& file, std::string_view name) {
    const auto all = contracts_in(file);
    std::string names;
    const Json* found = nullptr;
    std::size_t matching = 0;
    for (const auto& [full, code] : all) {
        names += (names.empty() ? "" : ", ") + full;
        if (!name.empty() && !is_named(full, name)) continue;
        found = code;
        ++matching;
    }
    if (all.empty())
        return wrong(
            "this JSON has no contract; expected an artifact with \"bytecode\", or the compiler's output with "
            "\"contracts\"");
    if (matching == 1) return bytes_of(found->get_ref<const std::string&>());
    constexpr std::size_t kNamesShown = 500;
    return wrong((matching == 0 ? "no contract is named " + std::string(name) : "there are several contracts") +
                 "; name one of these with --contract: " + names.substr(0, kNamesShown));
}

/// Removes white space, which editors add at the end of a line.
std::string without_space(std::string_view text) {
    std::string out;
    for (const char c : text)
        if (c != ' ' && c != '\n' && c != '\r' && c != '\t') out.push_back(c);
    return out;
}

}  // namespace

Result<Bytes> find_initcode(BytesView content, std::string_view name) {
    if (content.empty()) return wrong("the file is empty");
    const auto text = as_text(content);
    // Code may begin with the byte of a brace as well, so only what is JSON to its end is read as JSON.
    if (const auto first = text.find_first_not_of(" \t\r\n"); first != std::string_view::npos && text[first] == '{') {
        const auto file = Json::parse(text, nullptr, /*allow_exceptions=*/false);
        if (file.is_object()) return from_json(file, name);
    }
    const bool is_text = std::ranges::all_of(
        content, [](std::uint8_t c) { return (c >= 0x20 && c < 0x7f) || c == '\n' || c == '\r' || c == '\t'; });
    return is_text ? bytes_of(without_space(text)) : to_bytes(content);
}

}  // namespace strata::contracts
