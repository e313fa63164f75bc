#pragma once
// Replaces a message of the pool by one with a higher premium: the same, or one that does nothing. Source: lotus
// cli/mpool.go (mpool replace).
#include <strata/cli/message_verb.hpp>
#include <strata/cli/pool_message.hpp>

namespace strata::cli {

struct ChangeOptions : NodeOptions {
    std::vector<std::string> message;  // a CID, or a sender and a nonce
    std::string max_fee, gas_fee_cap, gas_premium;
    std::int64_t gas_limit = 0;
    bool is_auto = false;  // as Lotus names what is always done
    WaitOptions waiting;
};

/// The verb of both trees, `msg replace` and `mpool replace`.
Result<Answer> replace_message(const ChangeOptions& options, api::Client& node, char prefix);
/// Replaces the message by a payment of nothing from the sender to itself.
Result<Answer> cancel_message(const ChangeOptions& options, api::Client& node, char prefix);
void add_change_options(CLI::App& verb, ChangeOptions& options);

}  // namespace strata::cli
