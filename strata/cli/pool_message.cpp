#include <strata/cli/pool_message.hpp>

#include <fmt/format.h>

#include <cmath>

#include <nlohmann/json.hpp>

#include <strata/chain/audit.hpp>

namespace strata::cli {

using api::Json;

namespace {

TokenAmount most_cost(const Message& message) {
    return message.value + message.gas_fee_cap * BigInt(message.gas_limit);
}

}  // namespace

Result<std::vector<PoolMessage>> pool_messages(api::Client& node) {
    STRATA_TRY(const auto all, node.ask("MpoolPending", Json::array({Json()})));
    std::vector<PoolMessage> out;
    if (all.is_null()) return out;
    if (!all.is_array()) return fail(Errc::malformed, "MpoolPending: expected a list of messages");
    for (const auto& one : all) {
        PoolMessage message{one, {}, {}};
        STRATA_OK(api::read(one, message.content));
        message.cid = message.content.cid();
        out.push_back(std::move(message));
    }
    std::ranges::sort(out, {},
                      [](const PoolMessage& one) { return std::pair(one.message().from, one.message().nonce); });
    return out;
}

Result<std::vector<Address>> own_addresses(api::Client& node) {
    STRATA_TRY(const auto all, node.ask("WalletList", Json::array()));
    std::vector<Address> out;
    STRATA_OK(api::read(all, out));
    return out;
}

Result<TokenAmount> base_fee_of_head(api::Client& node) {
    STRATA_TRY(const auto head, node.ask("ChainHead", Json::array()));
    const Json blocks = member(head, "Blocks");
    TokenAmount out;
    if (!blocks.is_array() || blocks.empty() || !api::read(member(blocks[0], "ParentBaseFee"), out))
        return fail(Errc::malformed, "ChainHead: the node's answer lacks the base fee of a block");
    return out;
}

std::vector<Waiting> waits_of(const std::vector<PoolMessage>& messages, Nonce next, const TokenAmount& balance,
                              const TokenAmount& base_fee) {
    std::vector<Waiting> out;
    TokenAmount left = balance;
    std::optional<Nonce> blocked;  // the first message that cannot go into the next block
    for (const auto& one : messages) {
        const auto& message = one.message();
        left -= most_cost(message);
        Waiting why{"block", "the next block with room for it"};
        if (message.nonce < next) {
            // It was executed in the head; the pool drops it soon.
            out.push_back(why);
            continue;
        }
        if (message.nonce > next && !blocked) {
            why = {"nonce", fmt::format("a message with the nonce {}, which is not in the pool", next)};
        } else if (blocked) {
            why = {"earlier", fmt::format("the message with the nonce {}", *blocked)};
        } else if (left.is_negative()) {
            why = {"balance", fmt::format("{} more in the account of the sender", chain::exact_fil(-left))};
        } else if (message.gas_fee_cap < base_fee) {
            why = {"base_fee", fmt::format("a base fee of at most {} attoFIL, its fee cap; now it is {}",
                                           message.gas_fee_cap.to_string(), base_fee.to_string())};
        }
        if (why.cause != "block" && !blocked) blocked = message.nonce;
        next = message.nonce + 1;
        out.push_back(std::move(why));
    }
    return out;
}

TokenAmount replacement_premium(const TokenAmount& premium, double ratio) {
    constexpr double kPercent = 100;
    const auto percent = static_cast<std::int64_t>(std::llround(ratio * kPercent));
    return div_floor(premium * BigInt(percent), BigInt(static_cast<std::int64_t>(kPercent))) + BigInt(1);
}

}  // namespace strata::cli
