#include <strata/chain/execution_failure.hpp>

#include <algorithm>
#include <optional>

#include <strata/base/hex.hpp>
#include <strata/ipld/cbor.hpp>

namespace strata::chain {
namespace {

struct Name {
    std::uint64_t code;
    std::string_view text;
};

// Source: go-state-types exitcode/names.go.
constexpr Name kExitCodes[] = {
    {0, "Ok"},
    {1, "SysErrSenderInvalid"},
    {2, "SysErrSenderStateInvalid"},
    {3, "SysErrReserved1"},
    {4, "SysErrIllegalInstruction"},
    {5, "SysErrInvalidReceiver"},
    {6, "SysErrInsufficientFunds"},
    {7, "SysErrOutOfGas"},
    {8, "SysErrReserved2"},
    {9, "SysErrIllegalExitCode"},
    {10, "SysFatal"},
    {11, "SysErrMissingReturn"},
    {12, "SysErrReserved3"},
    {13, "SysErrReserved4"},
    {14, "SysErrReserved5"},
    {15, "SysErrReserved6"},
    {16, "ErrIllegalArgument"},
    {17, "ErrNotFound"},
    {18, "ErrForbidden"},
    {19, "ErrInsufficientFunds"},
    {20, "ErrIllegalState"},
    {21, "ErrSerialization"},
    {22, "ErrUnhandledMessage"},
    {23, "ErrUnspecified"},
    {24, "ErrAssertionFailed"},
    {25, "ErrReadOnly"},
    {26, "ErrNotPayable"},
};

// Source: lotus chain/types/ethtypes/eth_types.go (panicErrorCodes).
constexpr Name kPanics[] = {
    {0x00, "Panic()"},
    {0x01, "Assert()"},
    {0x11, "ArithmeticOverflow()"},
    {0x12, "DivideByZero()"},
    {0x21, "InvalidEnumVariant()"},
    {0x22, "InvalidStorageArray()"},
    {0x31, "PopEmptyArray()"},
    {0x32, "ArrayIndexOutOfBounds()"},
    {0x41, "OutOfMemory()"},
    {0x51, "CalledUninitializedFunction()"},
};

constexpr std::size_t kSelector = 4, kWord = 32;  // bytes
constexpr std::uint8_t kPanicSelector[] = {0x4e, 0x48, 0x7b, 0x71};
constexpr std::uint8_t kErrorSelector[] = {0x08, 0xc3, 0x79, 0xa0};

template <std::size_t kSize>
std::optional<std::string_view> find_name(const Name (&names)[kSize], std::uint64_t code) {
    const auto* const found = std::ranges::find(names, code, &Name::code);
    return found == std::end(names) ? std::nullopt : std::optional(found->text);
}

std::string hex_of(BytesView bytes) {
    return "0x" + to_hex(bytes);
}

/// Returns a hexadecimal number without leading zeros.
std::string hex_number(BytesView big_endian) {
    std::string digits = to_hex(big_endian);
    digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
    return "0x" + digits;
}

/// Reads a word of the ABI; empty if the number needs more than 64 bits.
std::optional<std::uint64_t> number_of(BytesView word) {
    constexpr std::size_t kNumber = sizeof(std::uint64_t);
    if (std::ranges::any_of(word.first(kWord - kNumber), [](std::uint8_t byte) { return byte != 0; }))
        return std::nullopt;
    std::uint64_t out = 0;
    for (const auto byte : word.last(kNumber)) out = out << 8U | byte;
    return out;
}

std::string panic_of(BytesView word) {
    const auto code = number_of(word);
    const auto name = code ? find_name(kPanics, *code) : std::nullopt;
    return name ? std::string(*name) : "Panic(" + hex_number(word) + ")";
}

/// Returns the text of Error(string); empty if the bytes are not one.
std::optional<std::string> error_of(BytesView data) {
    const auto offset = number_of(data.first(kWord));
    if (!offset || *offset > data.size() || data.size() - *offset < kWord) return std::nullopt;
    const auto rest = data.subspan(*offset);
    const auto length = number_of(rest.first(kWord));
    if (!length || *length > rest.size() - kWord) return std::nullopt;
    return "Error(" + std::string(as_text(rest.subspan(kWord, *length))) + ")";
}

}  // namespace

std::string exit_code_text(std::uint32_t code) {
    const auto name = find_name(kExitCodes, code);
    return name ? std::string(*name) + "(" + std::to_string(code) + ")" : std::to_string(code);
}

std::string revert_reason(BytesView returned) {
    if (returned.size() >= kSelector + kWord) {
        const auto selector = returned.first(kSelector);
        const auto data = returned.subspan(kSelector);
        if (std::ranges::equal(selector, kPanicSelector)) return panic_of(data.first(kWord));
        if (std::ranges::equal(selector, kErrorSelector))
            if (auto text = error_of(data)) return std::move(*text);
    }
    return hex_of(returned);
}

ExecutionFailure describe_failure(const vm::Applied& applied) {
    // A contract returns a byte string; failures of other kinds have no return data, or data of a different form.
    CborReader reader(applied.receipt.return_data);
    const auto returned = reader.bytes();
    std::string reason;
    if (returned) reason = ", revert reason=[" + (returned->empty() ? "none" : revert_reason(*returned)) + "]";
    return {"message execution failed (exit=[" + exit_code_text(applied.receipt.exit_code) + "]" + reason +
                ", vm error=[" + applied.failure + "])",
            returned ? to_bytes(*returned) : Bytes()};
}

}  // namespace strata::chain
