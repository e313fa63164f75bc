#pragma once
// Defines exit codes of messages and error numbers of syscalls. Source: docs/protocol/fvm.md §4.1, §4.2; ref-fvm
// shared/src/{error,exit}.
#include <cstdint>
#include <string_view>

namespace strata::vm {

/// An exit code. Any 32-bit number may occur; codes of 32 and more have a meaning that the actor defines.
enum class ExitCode : std::uint32_t {
    ok = 0,
    sys_sender_invalid = 1,
    sys_sender_state_invalid = 2,
    sys_illegal_instruction = 4,
    sys_invalid_receiver = 5,
    sys_insufficient_funds = 6,
    sys_out_of_gas = 7,
    sys_illegal_exit_code = 9,
    sys_assertion_failed = 10,
    sys_missing_return = 11,
    illegal_argument = 16,
    not_found = 17,
    forbidden = 18,
    insufficient_funds = 19,
    illegal_state = 20,
    serialization = 21,
    unhandled_message = 22,
    unspecified = 23,
    assertion_failed = 24,
    read_only = 25,
    not_payable = 26,
};

enum class ErrorNumber : std::uint32_t {
    illegal_argument = 1,
    illegal_operation = 2,
    limit_exceeded = 3,
    assertion_failed = 4,
    insufficient_funds = 5,
    not_found = 6,
    invalid_handle = 7,
    illegal_cid = 8,
    illegal_codec = 9,
    serialization = 10,
    forbidden = 11,
    buffer_too_small = 12,
    read_only = 13,
};

}  // namespace strata::vm
