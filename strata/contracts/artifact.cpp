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

/// Returns the ABI in one contract's JSON; null if it has none.
const Json* abi_in(const Json& contract) {
    const auto it = contract.is_object() ? contract.find("abi") : contract.end();
    return contract.is_object() && it != contract.end() ? &*it : nullptr;
}

bool is_contract(const Json& json) {
    return code_in(json) != nullptr || abi_in(json) != nullptr;
}

/// Returns all contracts by name. In a collection the names are "FILE:NAME".
std::map<std::string, const Json*> contracts_in(const Json& file) {
    std::map<std::string, const Json*> out;
    if (is_contract(file)) {
        const auto name = file.find("contractName");
        out[name != file.end() && name->is_string() ? name->get<std::string>() : "contract"] = &file;
        return out;
    }
    const auto all = file.find("contracts");
    if (all == file.end() || !all->is_object()) return out;
    for (const auto& [source, inner] : all->items()) {
        if (is_contract(inner)) {
            out[source] = &inner;
        } else if (inner.is_object()) {
            for (const auto& [name, contract] : inner.items())
                if (is_contract(contract)) out[source + ":" + name] = &contract;
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

Result<const Json*> find_contract(const Json& file, std::string_view name) {
    const auto all = contracts_in(file);
    std::string names;
    const Json* found = nullptr;
    std::size_t matching = 0;
    for (const auto& [full, contract] : all) {
        names += (names.empty() ? "" : ", ") + full;
        if (!name.empty() && !is_named(full, name)) continue;
        found = contract;
        ++matching;
    }
    if (all.empty())
        return wrong(
            "this JSON has no contract; expected an artifact with \"bytecode\", or the compiler's output with "
            "\"contracts\"");
    if (matching == 1) return found;
    constexpr std::size_t kNamesShown = 500;
    return wrong((matching == 0 ? "no contract is named " + std::string(name) : "there are several contracts") +
                 "; name one of these with --contract: " + names.substr(0, kNamesShown));
}

/// Reads the ABI of one contract. solc's old --combined-json has it as a text of its own.
Result<ContractAbi> abi_of(const Json& abi) {
    if (!abi.is_string()) return ContractAbi::read(abi);
    const auto parsed = Json::parse(abi.get_ref<const std::string&>(), nullptr, /*allow_exceptions=*/false);
    return ContractAbi::read(parsed);
}

/// Reads what is JSON to its end and begins with `first`; code may begin with the byte of a brace as well.
std::optional<Json> parsed(std::string_view text, std::string_view first) {
    const auto at = text.find_first_not_of(" \t\r\n");
    if (at == std::string_view::npos || first.find(text[at]) == std::string_view::npos) return std::nullopt;
    auto json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
    return json.is_discarded() ? std::nullopt : std::optional(std::move(json));
}

/// Removes white space, which editors add at the end of a line.
std::string without_space(std::string_view text) {
    std::string out;
    for (const char c : text)
        if (c != ' ' && c != '\n' && c != '\r' && c != '\t') out.push_back(c);
    return out;
}

}  // namespace

Result<Artifact> read_artifact(BytesView content, std::string_view name) {
    if (content.empty()) return wrong("the file is empty");
    const auto text = as_text(content);
    Artifact out;
    if (const auto file = parsed(text, "{")) {
        STRATA_TRY(const auto* contract, find_contract(*file, name));
        const auto* code = code_in(*contract);
        STRATA_TRY(out.initcode, bytes_of(code == nullptr ? std::string_view() : code->get_ref<const std::string&>()));
        if (const auto* abi = abi_in(*contract)) {
            STRATA_TRY(out.abi, abi_of(*abi));
        }
        return out;
    }
    const bool is_text = std::ranges::all_of(
        content, [](std::uint8_t c) { return (c >= 0x20 && c < 0x7f) || c == '\n' || c == '\r' || c == '\t'; });
    out.initcode = to_bytes(content);
    if (is_text) {
        STRATA_TRY(out.initcode, bytes_of(without_space(text)));
    }
    return out;
}

Result<ContractAbi> read_abi(BytesView content, std::string_view name) {
    const auto file = parsed(as_text(content), "{[");
    if (!file) return wrong("this is not JSON; expected a contract's ABI, or an artifact that has it at \"abi\"");
    if (file->is_array()) return ContractAbi::read(*file);
    STRATA_TRY(const auto* contract, find_contract(*file, name));
    const auto* abi = abi_in(*contract);
    if (abi == nullptr) return wrong("this artifact has no ABI; let the compiler write it too");
    return abi_of(*abi);
}

}  // namespace strata::contracts
