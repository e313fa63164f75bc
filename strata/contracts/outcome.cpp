#include <strata/contracts/outcome.hpp>

#include <strata/base/hex.hpp>
#include <strata/contracts/abi.hpp>
#include <strata/contracts/contract_abi.hpp>
#include <strata/ipld/cbor.hpp>

namespace strata::contracts {
namespace {

constexpr std::size_t kSelector = 4;
constexpr std::size_t kDataShown = 256;  // bytes of the data of an error

struct Name {
    std::uint32_t code;
    std::string_view text;
};
constexpr Name kExitCodes[] = {
    {0, "OK"},
    {1, "SYS_SENDER_INVALID"},
    {2, "SYS_SENDER_STATE_INVALID"},
    {4, "SYS_ILLEGAL_INSTRUCTION"},
    {5, "SYS_INVALID_RECEIVER"},
    {6, "SYS_INSUFFICIENT_FUNDS"},
    {7, "SYS_OUT_OF_GAS"},
    {9, "SYS_ILLEGAL_EXIT_CODE"},
    {10, "SYS_ASSERTION_FAILED"},
    {11, "SYS_MISSING_RETURN"},
    {16, "USR_ILLEGAL_ARGUMENT"},
    {17, "USR_NOT_FOUND"},
    {18, "USR_FORBIDDEN"},
    {19, "USR_INSUFFICIENT_FUNDS"},
    {20, "USR_ILLEGAL_STATE"},
    {21, "USR_SERIALIZATION"},
    {22, "USR_UNHANDLED_MESSAGE"},
    {23, "USR_UNSPECIFIED"},
    {24, "USR_ASSERTION_FAILED"},
    {25, "USR_READ_ONLY"},
    {26, "USR_NOT_PAYABLE"},
    {33, "EVM_CONTRACT_REVERTED"},
    {34, "EVM_CONTRACT_INVALID_INSTRUCTION"},
    {35, "EVM_CONTRACT_UNDEFINED_INSTRUCTION"},
    {36, "EVM_CONTRACT_STACK_UNDERFLOW"},
    {37, "EVM_CONTRACT_STACK_OVERFLOW"},
    {38, "EVM_CONTRACT_ILLEGAL_MEMORY_ACCESS"},
    {39, "EVM_CONTRACT_BAD_JUMPDEST"},
    {40, "EVM_CONTRACT_SELFDESTRUCT_FAILED"},
};
constexpr Name kPanics[] = {
    {0x00, "a panic that the compiler inserted"},
    {0x01, "an assertion is false"},
    {0x11, "an arithmetic operation overflows"},
    {0x12, "a division or modulo by zero"},
    {0x21, "a number that is not a value of the enum"},
    {0x22, "a byte array in storage that is encoded wrongly"},
    {0x31, "pop() on an empty array"},
    {0x32, "an index outside of the array"},
    {0x41, "too much memory, or an array that is too large"},
    {0x51, "a call of a function variable that was never set"},
};

template <std::size_t N>
std::string_view name_of(const Name (&names)[N], std::uint64_t code) {
    for (const auto& name : names)
        if (name.code == code) return name.text;
    return {};
}

/// Decodes the one argument of a built-in error; empty if the data is something else.
std::optional<std::string> argument(BytesView data, std::string_view function) {
    const auto error = parse_function(function);
    if (!error || !equal(data.first(kSelector), error->selector())) return std::nullopt;
    const auto values = decode_values(error->inputs, data.subspan(kSelector));
    return values ? std::optional(values->front()) : std::nullopt;
}

}  // namespace

std::string_view exit_code_name(std::uint32_t code) {
    const auto name = name_of(kExitCodes, code);
    return name.empty() ? "unknown" : name;
}

std::string revert_reason(BytesView data, const ContractAbi* abi) {
    if (data.empty()) return "no reason given";
    if (data.size() >= kSelector) {
        if (const auto text = argument(data, "Error(string)")) return "\"" + *text + "\"";
        if (const auto code = argument(data, "Panic(uint256)")) {
            const auto number = BigInt::parse(*code);
            const auto small = number ? number->to_u64() : Result<std::uint64_t>(Errc::malformed);
            const auto meaning = small ? name_of(kPanics, *small) : std::string_view();
            const auto shown = number && !number->is_zero() ? to_hex(number->magnitude_be()) : std::string("00");
            return "panic 0x" + shown + (meaning.empty() ? "" : ": " + std::string(meaning));
        }
    }
    if (const auto own = abi == nullptr ? std::nullopt : abi->error(data)) return *own;
    const auto shown = data.first(std::min(data.size(), kDataShown));
    return "an error of the contract's own, 0x" + to_hex(shown) + (shown.size() < data.size() ? "…" : "");
}

Bytes returned_data(BytesView return_value) {
    if (return_value.empty()) return {};
    CborReader reader(return_value);
    const auto bytes = reader.bytes();
    return bytes && reader.done() ? to_bytes(*bytes) : to_bytes(return_value);
}

}  // namespace strata::contracts
