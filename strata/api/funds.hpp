#pragma once
// Money in the storage market that the node's owner has set aside for deals. The node only remembers the sums, and adds
// to the balance what they lack. Source: lotus chain/market/fundmanager.go.
#include <strata/api/json.hpp>
#include <strata/base/mutex.hpp>

namespace strata::store {
class KeyValue;
}

namespace strata::api {

struct Context;

/// Thread-safe.
class Funds {
  public:
    /// `records` may be null: then sums are forgotten when the node stops.
    explicit Funds(store::KeyValue* records) : records_(records) {}

    Result<TokenAmount> reserved(const Address& owner) STRATA_EXCLUDES(mutex_);
    /// Sets an amount aside, and sends what the owner's available balance lacks. Returns the message; undefined if none
    /// was needed. Empty while an earlier message for the same owner is not on the chain: ask again at the next head.
    Result<std::optional<Cid>> reserve(Context& context, const Address& wallet, const Address& owner,
                                       const TokenAmount& amount) STRATA_EXCLUDES(mutex_);
    /// Gives an amount back, but never more than is set aside.
    Status release(const Address& owner, const TokenAmount& amount) STRATA_EXCLUDES(mutex_);
    /// Takes an amount that is not set aside out of the market. Returns as reserve(). Errors: invalid_argument for more
    /// than is free.
    Result<std::optional<Cid>> withdraw(Context& context, const Address& wallet, const Address& owner,
                                        const TokenAmount& amount) STRATA_EXCLUDES(mutex_);

  private:
    struct Record {
        TokenAmount reserved;
        std::optional<Cid> message;  // the last one that was sent for this owner, until it is on the chain
        STRATA_CBOR_TUPLE(reserved, message);
    };
    Result<Record> load(const Address& owner) STRATA_REQUIRES(mutex_);
    Status save(const Address& owner, const Record& record) STRATA_REQUIRES(mutex_);
    /// Returns true if the owner's last message is not on the chain yet.
    static Result<bool> is_pending(Context& context, Record& record);

    store::KeyValue* const records_;
    Mutex mutex_;
    std::map<Address, Record> kept_ STRATA_GUARDED_BY(mutex_);  // without a store of records
};

}  // namespace strata::api
