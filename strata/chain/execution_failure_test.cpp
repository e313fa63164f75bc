// The names are those of go-state-types exitcode/names.go and the texts those of lotus api/api_errors.go; the encodings
// of the reasons are those of Solidity's documentation ("Panic via assert and Error via require") and of the ABI.
#include <strata/chain/execution_failure.hpp>

#include <gtest/gtest.h>

#include <strata/base/hex.hpp>

namespace strata::chain {
namespace {

std::string word(std::string_view digits) {
    return std::string(64 - digits.size(), '0') + std::string(digits);
}
std::string reason(const std::string& hex) {
    return revert_reason(*from_hex(hex));
}
std::string failure(std::uint32_t code, Bytes returned, std::string why) {
    vm::Applied applied;
    applied.receipt.exit_code = code;
    applied.receipt.return_data = std::move(returned);
    applied.failure = std::move(why);
    return describe_failure(applied).text;
}

TEST(ExecutionFailure, exit_codes_have_the_names_of_go_state_types) {
    EXPECT_EQ(exit_code_text(0), "Ok(0)");
    EXPECT_EQ(exit_code_text(6), "SysErrInsufficientFunds(6)");
    EXPECT_EQ(exit_code_text(10), "SysFatal(10)");
    EXPECT_EQ(exit_code_text(16), "ErrIllegalArgument(16)");
    EXPECT_EQ(exit_code_text(26), "ErrNotPayable(26)");
    EXPECT_EQ(exit_code_text(33), "33");
}

TEST(ExecutionFailure, reasons_are_read_as_lotus_reads_them) {
    EXPECT_EQ(reason("08c379a0" + word("20") + word("5") + "68656c6c6f" + std::string(54, '0')), "Error(hello)");
    EXPECT_EQ(reason("4e487b71" + word("11")), "ArithmeticOverflow()");
    EXPECT_EQ(reason("4e487b71" + word("99")), "Panic(0x99)");
    EXPECT_EQ(reason("4e487b71" + word("10000000000000000")), "Panic(0x10000000000000000)");
    // An offset or a length beyond the end, and bytes that are neither kind.
    const std::string far = "08c379a0" + word("21") + word("0"), long_text = "08c379a0" + word("20") + word("1");
    const std::string huge = "08c379a0" + word("ffffffffffffffff") + word("0");
    for (const auto& bytes : {far, long_text, huge, std::string("08c379a0"), std::string("deadbeef"), std::string()})
        EXPECT_EQ(reason(bytes), "0x" + bytes);
}

TEST(ExecutionFailure, the_text_is_that_of_lotus) {
    EXPECT_EQ(failure(6, {}, "too poor"),
              "message execution failed (exit=[SysErrInsufficientFunds(6)], vm error=[too poor])");
    EXPECT_EQ(failure(33, Bytes{0x40}, "reverted"),
              "message execution failed (exit=[33], revert reason=[none], vm error=[reverted])");
    EXPECT_EQ(failure(33, Bytes{0x42, 0xab, 0xcd}, "reverted"),
              "message execution failed (exit=[33], revert reason=[0xabcd], vm error=[reverted])");
    EXPECT_EQ(failure(16, Bytes{0x80}, "no"),
              "message execution failed (exit=[ErrIllegalArgument(16)], vm error=[no])");
}

}  // namespace
}  // namespace strata::chain
