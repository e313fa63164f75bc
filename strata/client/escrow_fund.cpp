#include <strata/client/escrow_fund.hpp>

#include <algorithm>
#include <array>
#include <span>
#include <thread>

#include <strata/base/files.hpp>
#include <strata/chain/audit.hpp>

namespace strata::client {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kMaxMessage = 64 << 10;  // bytes

/// Words of a refusal that comes before a message enters the node's pool. After any other the pool may have it: one
/// that it has already is refused too, and so is one that it took and could not pass on.
constexpr auto kNotTaken = std::to_array<std::string_view>({
    // Source: lotus chain/messagepool/messagepool.go (ErrMessageTooBig and those after it).
    "message too big",
    "cannot send more filecoin than will ever exist",
    "gas fee cap too low",
    "not enough funds",
    "message had invalid to address",
    "replace by fee has too low GasPremium",
    "too many pending messages",
    "unfulfilled nonce gap",
    "missing permission to invoke",  // docs/protocol/node.md §28.3
    // This program's: chain/message_pool.cpp.
    "bytes, expected at most",
    "the total supply of FIL",
    "attoFIL per unit of gas, expected at least",
    "is not a key address",
    "the cost of including the message",
    "the most that the gas of its pending messages may cost",
    "is taken by a message with premium",
    "; a gap of at most",
});

/// Words of a refusal after which it is looked for at once: the pool has it, or a message with its nonce was executed.
constexpr auto kKnown = std::to_array<std::string_view>({
    "message with nonce already exists",  // Source: lotus, as above
    "message nonce too low",
    "the message is already in the pool",  // this program's
    "the sender's next nonce",
});

bool says(const api::Refusal& refusal, std::span<const std::string_view> some) {
    return std::ranges::any_of(some, [&](std::string_view words) { return refusal.message.contains(words); });
}

}  // namespace

Result<EscrowFund> EscrowFund::take(const std::filesystem::path& folder, NodeCalls& node, Patience patience,
                                    const Watch& watch) {
    const auto end = Clock::now() + patience.most;
    while (true) {
        auto lock = FolderLock::take(folder, FileAccess::owner_only);
        if (lock) return EscrowFund(std::move(*lock), folder, node, patience);
        if (lock.error().code() != Errc::busy || Clock::now() > end) return std::move(lock).error();
        STRATA_OK(watch.at("a different strata put is filling the escrow", 0));
        std::this_thread::sleep_for(patience.pause);
    }
}

std::filesystem::path EscrowFund::file_of(const Address& key) const {
    return folder_ / key.to_string().substr(1);
}

Error EscrowFund::too_poor(const Address& key, const TokenAmount& balance, const TokenAmount& needed) {
    std::string advice = "; pay into it, or name a different wallet with --wallet";
    if (const auto keys = node_.keys()) {
        const auto richest = std::ranges::max_element(*keys, {}, &HeldKey::balance);
        const auto missing = needed - balance;
        if (richest != keys->end() && richest->address != key && richest->balance > missing)
            advice = "; " + node_.text(richest->address) + " of this node has " + chain::exact_fil(richest->balance) +
                     ": strata send " + node_.text(key) + " " + div_ceil(missing, fil(1)).to_string() + " --from " +
                     node_.text(richest->address) + " --wait";
    }
    return fail(Errc::verification, "the wallet " + node_.text(key) + " has " + chain::exact_fil(balance) +
                                        ", and the deal's escrow and the fees need at most " +
                                        chain::exact_fil(needed) + "; nothing was sent" + advice);
}

Result<SignedMessage> EscrowFund::make_message(const Address& key, const TokenAmount& amount) {
    Message message;
    message.to = Address::id(kMarketId);
    message.from = key;
    message.method = actors::market::kAddBalance;
    message.params = to_cbor(key);
    message.value = amount;
    // A node refuses to price a message that its sender cannot pay for, in words that do not help.
    STRATA_TRY(const auto balance, node_.balance(key));
    if (balance <= amount) return too_poor(key, balance, amount + fil(1));
    STRATA_TRY(auto out, node_.price_and_sign(std::move(message)));
    const auto most = amount + out.message.gas_fee_cap * BigInt(out.message.gas_limit);
    if (balance < most) return too_poor(key, balance, most);
    return out;
}

// The nonce is read before the search: if it was used by then and the search finds nothing, a different message used
// it, and this one can never be executed.
Result<std::optional<Funded>> EscrowFund::settle(const Address& key, const Watch& watch) {
    const auto file = file_of(key);
    const auto bytes = read_file(file, kMaxMessage);
    if (!bytes && bytes.error().code() == Errc::not_found) return std::optional<Funded>{};
    if (!bytes) return bytes.error();
    const auto message = from_cbor<SignedMessage>(*bytes);
    if (!message)
        return fail(Errc::malformed, file.string() + " is not a signed message (" + message.error().message() +
                                         "); look with strata wallet whether money left the wallet, then remove it");
    const auto cid = message->cid();
    const auto end = Clock::now() + patience_.most;
    ChainEpoch pushed_at = -1;
    std::string refused;  // why the node does not take it now
    while (true) {
        STRATA_TRY(const auto next, node_.nonce_on_chain(key));
        STRATA_TRY(const auto found, node_.search(cid));
        if (found) {
            STRATA_OK(remove_path(file));
            if (found->exit_code == 0) return std::optional(Funded{cid, message->message.value});
            return fail(Errc::verification, "the message " + cid.to_string() +
                                                " to fill the escrow failed with exit code " +
                                                std::to_string(found->exit_code) + "; strata chain msg shows it");
        }
        if (next > message->message.nonce) {
            STRATA_OK(remove_path(file));
            return std::optional<Funded>{};
        }
        STRATA_TRY(const auto head, node_.head_epoch());
        STRATA_OK(
            watch.at("epoch " + std::to_string(head) + ", the message that fills the escrow waits for a block", 0));
        // The node may have restarted and lost its pool. A pool that has the message already refuses it.
        if (head != pushed_at) {
            const auto pushed = node_.push(*message);
            refused = pushed ? std::string() : " (" + pushed.error().message() + ")";
        }
        pushed_at = head;
        if (Clock::now() > end)
            return fail(Errc::io, "the message " + cid.to_string() + " to fill the escrow was not executed within " +
                                      std::to_string(patience_.most.count()) + " seconds" + refused +
                                      "; it still may be: the same command again waits for it");
        std::this_thread::sleep_for(patience_.pause);
    }
}

Result<Funded> EscrowFund::raise_to(const Address& key, const TokenAmount& wanted, const Watch& watch) {
    STRATA_TRY(const auto earlier, settle(key, watch));
    // A nonce that others used meanwhile costs one more round.
    constexpr int kRounds = 5;
    for (int round = 0; round < kRounds; ++round) {
        STRATA_TRY(const auto free, node_.free_escrow(key));
        if (free >= wanted) return earlier.value_or(Funded{});
        STRATA_OK(watch.at("the escrow is filled", 0));
        STRATA_TRY(const auto message, make_message(key, wanted - free));
        STRATA_OK(write_file(file_of(key), to_cbor(message), FileAccess::owner_only));
        api::Refusal refusal;
        if (auto pushed = node_.push(message, &refusal); !pushed && pushed.error().code() == Errc::verification) {
            if (says(refusal, kNotTaken)) {
                STRATA_OK(remove_path(file_of(key)));
                return std::move(pushed).error();
            }
            if (!says(refusal, kKnown))
                return fail(Errc::verification, pushed.error().message() +
                                                    "; the node may have the message nevertheless, and the same "
                                                    "command again looks for it");
        }
        STRATA_TRY(const auto done, settle(key, watch));
        if (done) return *done;
    }
    return fail(Errc::busy, "the wallet " + node_.text(key) +
                                " sends other messages all the time, and none of this put was executed; try again");
}

}  // namespace strata::client
