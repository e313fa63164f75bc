// Protects the words for how a call ended. Expected values: Solidity 0.8.28, "Error handling" (the data of
// revert("Not enough Ether provided.") and the codes of Panic); builtin-actors actors/evm/src/lib.rs (33 to 40).
#include <strata/contracts/outcome.hpp>

#include <gtest/gtest.h>

#include <strata/base/hex.hpp>

namespace strata::contracts {
namespace {

std::string reason(std::string_view hex) {
    return revert_reason(from_hex(hex).value());
}
std::string panic(std::string_view code) {
    return reason("4e487b71" + std::string(64 - code.size(), '0') + std::string(code));
}

TEST(Outcome, a_text_is_the_reason) {
    EXPECT_EQ(reason("08c379a0"
                     "0000000000000000000000000000000000000000000000000000000000000020"
                     "000000000000000000000000000000000000000000000000000000000000001a"
                     "4e6f7420656e6f7567682045746865722070726f76696465642e000000000000"),
              "\"Not enough Ether provided.\"");
}

TEST(Outcome, panics_have_a_meaning) {
    EXPECT_EQ(panic("01"), "panic 0x01: an assertion is false");
    EXPECT_EQ(panic("11"), "panic 0x11: an arithmetic operation overflows");
    EXPECT_EQ(panic("12"), "panic 0x12: a division or modulo by zero");
    EXPECT_EQ(panic("32"), "panic 0x32: an index outside of the array");
    EXPECT_EQ(panic("00"), "panic 0x00: a panic that the compiler inserted");
    EXPECT_EQ(panic("99"), "panic 0x99");
    EXPECT_EQ(panic(std::string(64, 'f')), "panic 0x" + std::string(64, 'f'));
}

TEST(Outcome, other_data_is_shown) {
    EXPECT_EQ(reason(""), "no reason given");
    EXPECT_EQ(reason("01"), "an error of the contract's own, 0x01");
    EXPECT_EQ(reason("08c379a0ff"), "an error of the contract's own, 0x08c379a0ff");  // the text is missing
    EXPECT_EQ(revert_reason(Bytes(1000, 0x11)), "an error of the contract's own, 0x" + to_hex(Bytes(256, 0x11)) + "…");
}

TEST(Outcome, exit_codes_have_the_names_of_the_protocol) {
    EXPECT_EQ(exit_code_name(0), "OK");
    EXPECT_EQ(exit_code_name(7), "SYS_OUT_OF_GAS");
    EXPECT_EQ(exit_code_name(16), "USR_ILLEGAL_ARGUMENT");
    EXPECT_EQ(exit_code_name(33), "EVM_CONTRACT_REVERTED");
    EXPECT_EQ(exit_code_name(3), "unknown");
    EXPECT_EQ(exit_code_name(4'000'000'000), "unknown");
}

TEST(Outcome, what_a_contract_returns_is_a_byte_string) {
    EXPECT_EQ(returned_data(Bytes{}), Bytes{});
    EXPECT_EQ(returned_data(Bytes{0x42, 1, 2}), (Bytes{1, 2}));
    EXPECT_EQ(returned_data(Bytes{0x83, 1}), (Bytes{0x83, 1}));
    EXPECT_EQ(returned_data(Bytes{0x42, 1, 2, 3}), (Bytes{0x42, 1, 2, 3}));
}

}  // namespace
}  // namespace strata::contracts
