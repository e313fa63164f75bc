#pragma once
// Money in the storage market that the node's owner has set aside for deals. The node only remembers the sums, and adds
// to the balance what they lack. Source: lotus chain/market/fundmanager.go.
#include <map>
#include <memory>
#include <optional>
#include <set>

#include <strata/api/json.hpp>
#include <strata/base/mutex.hpp>

namespace strata::store {
class KeyValue;
}

namespace strata::api {

struct Context;

/// A message to the market, with its sender's nonce, which says when the message is settled.
struct MarketMessage {
    Cid cid;
    Address from;
    Nonce nonce = 0;
    STRATA_CBOR_TUPLE(cid, from, nonce);
};
/// Holds what the node remembers of an owner.
struct FundsRecord {
    TokenAmount reserved;
    std::optional<MarketMessage> sent;  // the last message for this owner; it may be settled
    STRATA_CBOR_TUPLE(reserved, sent);
};

/// Thread-safe. No lock is held while a message is made or the chain is read: the money of one owner never waits for
/// that of a different one.
class Funds {
  public:
    /// `records` may be null: then sums are forgotten when the node stops.
    explicit Funds(store::KeyValue* records) : records_(records) {}

    Result<TokenAmount> reserved(const Address& owner) STRATA_EXCLUDES(mutex_);
    /// Sets an amount aside, and sends what the owner's available balance lacks. Returns the message; undefined if none
    /// was needed. Empty while an earlier message for the same owner is not settled, and while a different call sends
    /// one: ask again at the next head.
    Result<std::optional<Cid>> reserve(Context& context, const Address& wallet, const Address& owner,
                                       const TokenAmount& amount) STRATA_EXCLUDES(mutex_);
    /// Gives an amount back, but never more than is set aside.
    Status release(const Address& owner, const TokenAmount& amount) STRATA_EXCLUDES(mutex_);
    /// Takes an amount that is not set aside out of the market. Returns as reserve(). Errors: invalid_argument for more
    /// than is free.
    Result<std::optional<Cid>> withdraw(Context& context, const Address& wallet, const Address& owner,
                                        const TokenAmount& amount) STRATA_EXCLUDES(mutex_);

  private:
    /// The right to send for an owner. It is given back when the last copy is gone.
    using Turn = std::shared_ptr<const void>;

    Result<FundsRecord> load(const Address& owner) STRATA_REQUIRES(mutex_);
    Status save(const Address& owner, const FundsRecord& record) STRATA_REQUIRES(mutex_);
    /// Notes a message that is under way. The node remembers it even if the disk does not.
    void save_sent(const Address& owner, const FundsRecord& record) STRATA_REQUIRES(mutex_);
    /// Empty while a different call has the turn.
    std::optional<Turn> take_turn(const Address& owner) STRATA_EXCLUDES(mutex_);
    /// Returns what the holder of the turn may build on. Empty while the owner's last message is not settled.
    Result<std::optional<FundsRecord>> settled_record(Context& context, const Address& owner) STRATA_EXCLUDES(mutex_);
    static Result<MarketMessage> send(Context& context, const Address& wallet, const TokenAmount& value,
                                      MethodNumber method, Bytes params);
    static Result<bool> is_settled(Context& context, const MarketMessage& sent);

    store::KeyValue* const records_;
    Mutex mutex_;
    std::set<Address> turns_ STRATA_GUARDED_BY(mutex_);              // owners for whom a call may be sending
    std::map<Address, FundsRecord> kept_ STRATA_GUARDED_BY(mutex_);  // what was saved since the start
};

}  // namespace strata::api
