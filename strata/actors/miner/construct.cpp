// The construction of a miner, and the checks that all of its methods share. Source: builtin-actors v18
// actors/miner/src/lib.rs.
#include <strata/actors/miner/ext.hpp>
#include <strata/actors/miner/proving.hpp>

namespace strata::actors::miner {
namespace {

constexpr std::size_t kMaxControlAddresses = 10;
constexpr std::size_t kMaxPeerIdLength = 128;
constexpr std::size_t kMaxMultiaddrData = 1024;
// builtin-actors has a separate exit code for funds that do not add up, because this would be a fault of the actor.
constexpr ExitCode kBalanceInvariantsBroken{1000};

// The offset is a hash, so that nobody can choose when a miner's proving periods start.
ActorResult<ChainEpoch> proving_period_offset(Runtime& rt) {
    Bytes seed = to_cbor(Address::id(rt.receiver()));
    ByteArray<8> epoch;
    store_be(epoch.data(), static_cast<std::uint64_t>(rt.epoch()));
    append(seed, epoch);
    STRATA_TRY(const auto digest, rt.blake2b(seed));
    return static_cast<ChainEpoch>(load_be<std::uint64_t>(digest.data()) %
                                   static_cast<std::uint64_t>(kWPoStProvingPeriod));
}

// Returns the deposit of a new miner: the pledge for a tenth of the least power that counts for consensus. The deposit
// makes it costly to create miners that store no data (FIP-0077).
ActorResult<TokenAmount> create_miner_deposit(Runtime& rt) {
    STRATA_TRY(const auto inputs, request_network_pledge_inputs(rt));
    return inputs.initial_pledge(div_floor(rt.policy().minimum_consensus_power, 10));
}

ActorResult<Address> resolved(Runtime& rt, const Address& address) {
    STRATA_TRY(const auto id, rt.resolve(address));
    if (!id) return illegal_argument(address.to_string() + " has no actor");
    return Address::id(*id);
}

ActorResult<MinerInfo> new_info(Runtime& rt, const power::MinerConstructorParams& params) {
    MinerInfo info;
    STRATA_TRY(info.owner, resolved(rt, params.owner));
    STRATA_TRY(const auto worker, resolve_worker_address(rt, params.worker));
    info.worker = Address::id(worker);
    STRATA_TRY(info.control_addresses, resolve_control_addresses(rt, params.control_addresses));
    info.beneficiary = info.owner;
    info.peer_id = params.peer_id;
    info.multi_address = params.multi_addresses;
    info.window_post_proof_type = params.window_post_proof;
    STRATA_TRY(info.sector_size,
               rt.check(sector_size(params.window_post_proof), ExitCode::illegal_argument, "sector size"));
    STRATA_TRY(info.window_post_partition_sectors, rt.check(window_post_partition_sectors(params.window_post_proof),
                                                            ExitCode::illegal_argument, "partition size"));
    return info;
}

}  // namespace

Done check_control_addresses(const std::vector<Address>& addresses) {
    if (addresses.size() > kMaxControlAddresses)
        return illegal_argument("there are " + std::to_string(addresses.size()) +
                                " control addresses, expected at most " + std::to_string(kMaxControlAddresses));
    return {};
}

ActorResult<std::vector<Address>> resolve_control_addresses(Runtime& rt, const std::vector<Address>& addresses) {
    std::vector<Address> out;
    for (const auto& address : addresses) {
        STRATA_TRY(out.emplace_back(), resolved(rt, address));
    }
    return out;
}

Done check_peer_info(const Bytes& peer_id, const std::vector<Bytes>& multiaddrs) {
    if (peer_id.size() > kMaxPeerIdLength)
        return illegal_argument("the peer ID has " + std::to_string(peer_id.size()) + " bytes, expected at most " +
                                std::to_string(kMaxPeerIdLength));
    std::size_t size = 0;
    for (const auto& address : multiaddrs) {
        if (address.empty()) return illegal_argument("a multiaddr is empty, expected at least one byte");
        size += address.size();
    }
    if (size > kMaxMultiaddrData)
        return illegal_argument("the multiaddrs have " + std::to_string(size) + " bytes together, expected at most " +
                                std::to_string(kMaxMultiaddrData));
    return {};
}

Done constructor(Runtime& rt, const power::MinerConstructorParams& params) {
    STRATA_OK(rt.require_caller({kInitId}));
    STRATA_OK(check_control_addresses(params.control_addresses));
    STRATA_OK(check_peer_info(params.peer_id, params.multi_addresses));
    if (!rt.policy().window_post_proofs.contains(params.window_post_proof))
        return illegal_argument(
            "WindowPoSt proof type " + std::to_string(std::to_underlying(params.window_post_proof)) +
            " is not allowed for new miners; allowed are " + type_numbers(rt.policy().window_post_proofs));

    STRATA_TRY(const auto balance, rt.balance());
    STRATA_TRY(const auto deposit, create_miner_deposit(rt));
    if (balance < deposit)
        return insufficient_funds("a new miner needs a deposit of " + deposit.to_string() +
                                  " attoFIL, but received only " + balance.to_string());

    STRATA_TRY(const auto info, new_info(rt, params));
    STRATA_TRY(const auto offset, proving_period_offset(rt));
    const ChainEpoch start = QuantSpec{kWPoStProvingPeriod, offset}.quantize_down(rt.epoch());
    const auto deadline = static_cast<std::uint64_t>((rt.epoch() - start) / kWPoStChallengeWindow);
    STRATA_TRY(const Cid info_cid, checked(rt, put_cbor(rt.store(), info)));
    STRATA_TRY(auto state, State::empty(rt, info_cid, start, deadline));
    // The deposit vests like a block reward, so the miner gets it back in 180 days.
    STRATA_OK(state.add_locked_funds(rt, rt.epoch(), deposit, kRewardVestingSpec));
    return rt.set_state(state);
}

ActorResult<GetControlAddressesReturn> control_addresses(Runtime& rt) {
    STRATA_OK(rt.accept_any());
    STRATA_TRY(const auto state, rt.state<State>());
    STRATA_TRY(const auto info, state.get_info(rt));
    return GetControlAddressesReturn{info.owner, info.worker, info.control_addresses};
}

Done require_control(Runtime& rt, const MinerInfo& info) {
    std::vector<Address> allowed = info.control_addresses;
    allowed.push_back(info.worker);
    allowed.push_back(info.owner);
    return rt.require_caller(allowed);
}

Done process_pending_worker(Runtime& rt, State& state, MinerInfo& info) {
    if (!info.pending_worker_key || rt.epoch() < info.pending_worker_key->effective_at) return {};
    info.worker = info.pending_worker_key->new_worker;
    info.pending_worker_key.reset();
    return state.save_info(rt, info);
}

Done check_balance(Runtime& rt, const State& state) {
    STRATA_TRY(const auto balance, rt.balance());
    auto good = state.check_balance_invariants(balance);
    if (!good) return abort(kBalanceInvariantsBroken, good.error().message);
    return {};
}

Done check_balance(Runtime& rt) {
    STRATA_TRY(const auto state, rt.state<State>());
    return check_balance(rt, state);
}

std::uint64_t load_partitions_sectors_max(std::uint64_t partition_sectors) {
    return std::min(kAddressedSectorsMax / partition_sectors, kAddressedPartitionsMax);
}

}  // namespace strata::actors::miner
