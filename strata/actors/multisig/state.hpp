#pragma once
// State, parameters and returns of multisig wallets. Source: docs/protocol/fvm.md §8.11, docs/protocol/node.md §27.
#include <strata/ipld/hamt.hpp>
#include <strata/types/basic.hpp>

namespace strata::actors::multisig {

using TxnId = std::int64_t;

struct Transaction {
    Address to;
    TokenAmount value;
    MethodNumber method = 0;
    Bytes params;
    std::vector<Address> approved;
    STRATA_CBOR_TUPLE(to, value, method, params, approved);
};

using PendingTransactions = HamtMap<TxnId, Transaction>;

struct State {
    std::vector<Address> signers;
    std::uint64_t threshold = 0;
    TxnId next_txn_id = 0;
    TokenAmount initial_balance;
    ChainEpoch start_epoch = 0;
    ChainEpoch unlock_duration = 0;
    Cid pending_txns;
    STRATA_CBOR_TUPLE(signers, threshold, next_txn_id, initial_balance, start_epoch, unlock_duration, pending_txns);

    bool is_signer(const Address& address) const { return std::ranges::find(signers, address) != signers.end(); }
    /// Returns the amount that is still locked at `epoch`, rounded up.
    TokenAmount locked(ChainEpoch epoch) const;
};

struct ConstructorParams {
    std::vector<Address> signers;
    std::uint64_t threshold = 0;
    ChainEpoch unlock_duration = 0;
    ChainEpoch start_epoch = 0;
    STRATA_CBOR_TUPLE(signers, threshold, unlock_duration, start_epoch);
};
struct ProposeParams {
    Address to;
    TokenAmount value;
    MethodNumber method = 0;
    Bytes params;
    STRATA_CBOR_TUPLE(to, value, method, params);
};
struct ProposeReturn {
    TxnId id = 0;
    bool applied = false;
    std::uint32_t code = 0;
    Bytes ret;
    STRATA_CBOR_TUPLE(id, applied, code, ret);
};
struct TxnIdParams {
    TxnId id = 0;
    Bytes proposal_hash;
    STRATA_CBOR_TUPLE(id, proposal_hash);
};
struct ApproveReturn {
    bool applied = false;
    std::uint32_t code = 0;
    Bytes ret;
    STRATA_CBOR_TUPLE(applied, code, ret);
};
struct AddSignerParams {
    Address signer;
    bool increase = false;
    STRATA_CBOR_TUPLE(signer, increase);
};
struct RemoveSignerParams {
    Address signer;
    bool decrease = false;
    STRATA_CBOR_TUPLE(signer, decrease);
};
struct SwapSignerParams {
    Address from;
    Address to;
    STRATA_CBOR_TUPLE(from, to);
};
struct ChangeThresholdParams {
    std::uint64_t threshold = 0;
    STRATA_CBOR_TUPLE(threshold);
};
struct LockBalanceParams {
    ChainEpoch start_epoch = 0;
    ChainEpoch unlock_duration = 0;
    TokenAmount amount;
    STRATA_CBOR_TUPLE(start_epoch, unlock_duration, amount);
};

}  // namespace strata::actors::multisig
