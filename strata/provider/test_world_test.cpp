#include <strata/crypto/hash.hpp>
#include <strata/proofs/piece/commitment.hpp>
#include <strata/provider/test_world.hpp>

namespace strata::provider::testing {
namespace {

// A proving period and a day have 2880 epochs, a deadline has 60, and there are 48 deadlines. The method numbers are
// those of miner_messages.hpp.

constexpr std::uint32_t kOk = 0, kInsufficientFunds = 6, kIllegalArgument = 16, kForbidden = 18;
const TokenAmount kDeposit(1000), kPledge(3000);

struct PreCommitInfo {
    RegisteredSealProof proof{};
    SectorNumber number = 0;
    Cid sealed;
    ChainEpoch rand_epoch = 0;
    std::vector<DealId> deals;
    ChainEpoch expiration = 0;
    std::optional<Cid> unsealed;
    STRATA_CBOR_TUPLE(proof, number, sealed, rand_epoch, deals, expiration, unsealed);
};
struct PreCommitParams {
    std::vector<PreCommitInfo> sectors;
    STRATA_CBOR_TUPLE(sectors);
};
struct Notification {
    Address address;
    Bytes payload;
    STRATA_CBOR_TUPLE(address, payload);
};
struct Piece {
    Cid cid;
    std::uint64_t size = 0;
    std::optional<std::pair<ActorId, std::uint64_t>> allocation;
    std::vector<Notification> notify;
    STRATA_CBOR_TUPLE(cid, size, allocation, notify);
};
struct Activation {
    SectorNumber number = 0;
    std::vector<Piece> pieces;
    STRATA_CBOR_TUPLE(number, pieces);
};
struct ProveCommitParams {
    std::vector<Activation> activations;
    std::vector<Bytes> proofs;
    Bytes aggregate;
    std::optional<std::int64_t> aggregate_type;
    bool require_activation = false, require_notification = false;
    STRATA_CBOR_TUPLE(activations, proofs, aggregate, aggregate_type, require_activation, require_notification);
};
struct Partition {
    std::uint64_t index = 0;
    BitField skipped;
    STRATA_CBOR_TUPLE(index, skipped);
};
struct WindowParams {
    std::uint64_t deadline = 0;
    std::vector<Partition> partitions;
    std::vector<PoStProof> proofs;
    ChainEpoch commit_epoch = 0;
    Bytes commit_randomness;
    STRATA_CBOR_TUPLE(deadline, partitions, proofs, commit_epoch, commit_randomness);
};
struct Declaration {
    std::uint64_t deadline = 0, partition = 0;
    BitField sectors;
    STRATA_CBOR_TUPLE(deadline, partition, sectors);
};
struct Declarations {
    std::vector<Declaration> list;
    STRATA_CBOR_TUPLE(list);
};

Hash256 hash_of(const CborWriter& w) {
    return crypto::sha256(w.view());
}

}  // namespace

Hash256 World::randomness(chain::RandomnessTag tag, ChainEpoch epoch) {
    CborWriter w;
    encode(w, static_cast<std::int64_t>(tag));
    encode(w, epoch);
    return hash_of(w);
}

int World::count(MethodNumber method, bool ok) const {
    return static_cast<int>(std::ranges::count_if(
        calls, [&](const Call& call) { return call.method == method && (call.exit_code == 0) == ok; }));
}

/// Returns the first epoch of the opening that began last at or before `epoch`.
ChainEpoch World::last_open(std::uint64_t deadline, ChainEpoch epoch) const {
    ChainEpoch open = period_start + static_cast<ChainEpoch>(deadline) * 60 - 2880;
    while (open + 2880 <= epoch) open += 2880;
    return open;
}

Result<SignedMessage> World::sign(MethodNumber method, Bytes params, const TokenAmount& value) {
    outside();
    SignedMessage out;
    out.message.to = Address::id(kMiner);
    out.message.from = Address::id(100);
    out.message.nonce = pending_.empty() ? nonce_ : std::max(nonce_, pending_.rbegin()->first + 1);
    out.message.method = method;
    out.message.params = std::move(params);
    out.message.value = value;
    out.signature.type = Signature::Type::bls;
    World tried = *this;  // gas estimation: on the head's state, one epoch later
    tried.spoil.clear();
    if (const auto code = tried.apply(out.message, head + 1); code != kOk)
        return fail(Errc::verification, "the message would end with exit code " + std::to_string(code));
    return out;
}

Status World::publish(const SignedMessage& message) {
    outside();
    if (message.message.nonce < nonce_) return fail(Errc::out_of_range, "nonce too low");
    const auto [it, is_new] = pending_.try_emplace(message.message.nonce, message);
    if (!is_new && it->second != message) return fail(Errc::invalid_argument, "nonce taken");
    outside();
    return {};
}

MessageFate World::fate(const SignedMessage& message) const {
    const auto it = landed_.find(message.cid());
    if (it != landed_.end()) return it->second;
    return {message.message.nonce < nonce_ ? MessageFate::Kind::lost : MessageFate::Kind::waiting, 0, {}};
}

void World::mine(ChainEpoch epoch) {
    close_deadlines(head, epoch);
    while (!pending_.empty() && pending_.begin()->first < nonce_) pending_.erase(pending_.begin());
    while (!pending_.empty() && pending_.begin()->first == nonce_) {
        const auto message = pending_.begin()->second;
        pending_.erase(pending_.begin());
        ++nonce_;
        std::uint32_t code = kOk;
        if (auto& codes = spoil[message.message.method]; !codes.empty()) {
            code = codes.front();
            codes.erase(codes.begin());
        } else {
            code = apply(message.message, epoch);
        }
        calls.push_back({epoch, message.message.method, code});
        Receipt receipt;
        receipt.exit_code = code;
        landed_[message.cid()] = {MessageFate::Kind::landed, epoch, receipt};
    }
    head = epoch;
}

void World::close_deadlines(ChainEpoch from, ChainEpoch to) {
    for (std::uint64_t d = 0; d < 48; ++d) {
        for (ChainEpoch close = last_open(d, from) + 60; close <= to; close += 2880) {
            if (close <= from) continue;
            for (auto& [number, sector] : sectors) {
                if (sector.deadline != d || posted.contains(d)) continue;
                faults.set(number);
                recoveries.unset(number);
            }
            posted.erase(d);
        }
    }
}

std::uint32_t World::apply(const Message& message, ChainEpoch epoch) {
    switch (message.method) {
        case 28:
            return pre_commit(message, epoch);
        case 34:
            return prove_commit(message, epoch);
        case 5:
            return window_post(message, epoch);
        case 10:
        case 11:
            return declare(message, epoch);
        default:
            return kIllegalArgument;
    }
}

std::uint32_t World::pre_commit(const Message& message, ChainEpoch epoch) {
    const auto params = *from_cbor<PreCommitParams>(message.params);
    TokenAmount needed;
    for (const auto& info : params.sectors) {
        if (allocated.contains(info.number) || !info.deals.empty()) return kIllegalArgument;
        if (info.rand_epoch >= epoch || info.rand_epoch < epoch - 3780) return kIllegalArgument;
        if (info.expiration < epoch + 30 * 2880 + kDelay + 180 * 2880) return kForbidden;
        if (info.expiration > epoch + 1278 * 2880) return kForbidden;
        needed += kDeposit;
    }
    if (balance + message.value - locked < needed) return kInsufficientFunds;
    balance += message.value;
    locked += needed;
    for (const auto& info : params.sectors) {
        allocated.set(info.number);
        pre_commits[info.number] = {info.sealed, epoch, kDeposit};
    }
    return kOk;
}

std::uint32_t World::prove_commit(const Message& message, ChainEpoch epoch) {
    const auto params = *from_cbor<ProveCommitParams>(message.params);
    TokenAmount change;
    for (std::size_t i = 0; i < params.activations.size(); ++i) {
        const auto it = pre_commits.find(params.activations[i].number);
        if (it == pre_commits.end() || epoch <= it->second.epoch + kDelay) return kForbidden;
        if (epoch > it->second.epoch + 30 * 2880 + kDelay) return kForbidden;
        const auto seed = randomness(chain::RandomnessTag::interactive_seal_challenge_seed, it->second.epoch + kDelay);
        Hash256 comm_r;
        std::ranges::copy(it->second.sealed_cid.digest(), comm_r.begin());
        if (params.proofs.at(i) != to_bytes(fake_seal_proof(comm_r, seed))) return kIllegalArgument;
        change += kPledge - it->second.deposit;
    }
    if (balance + message.value - locked < change) return kInsufficientFunds;
    balance += message.value;
    locked += change;
    for (const auto& activation : params.activations) {
        const auto node = pre_commits.extract(activation.number);
        std::uint64_t deadline = (activation.number * 7) % 48;  // any that is neither open nor next
        while (epoch + 120 > last_open(deadline, epoch) + 2880 || epoch < last_open(deadline, epoch) + 60)
            deadline = (deadline + 1) % 48;
        sectors[activation.number] = {{{}, node.mapped().sealed_cid, epoch, epoch + 540 * 2880}, deadline, false};
        for (const auto& piece : activation.pieces)
            for (const auto& n : piece.notify) deals[activation.number].push_back(*from_cbor<std::uint64_t>(n.payload));
    }
    return kOk;
}

std::uint32_t World::window_post(const Message& message, ChainEpoch epoch) {
    const auto params = *from_cbor<WindowParams>(message.params);
    const ChainEpoch open = last_open(params.deadline, epoch);
    if (epoch >= open + 60 || posted.contains(params.deadline)) return kIllegalArgument;
    if (params.commit_epoch < open - 20 || params.commit_epoch >= epoch) return kIllegalArgument;
    if (params.commit_randomness != to_bytes(randomness(chain::RandomnessTag::post_chain_commit, params.commit_epoch)))
        return kIllegalArgument;
    if (params.partitions.size() != 1 || params.proofs.size() != 1) return kIllegalArgument;
    std::vector<std::pair<SectorNumber, Hash256>> proven;
    for (auto& [number, sector] : sectors) {
        if (sector.deadline != params.deadline) continue;
        if (params.partitions[0].skipped.contains(number)) {
            faults.set(number);
            recoveries.unset(number);
            continue;
        }
        if (faults.contains(number) && !recoveries.contains(number)) continue;
        Hash256 comm_r;
        std::ranges::copy(sector.info.sealed_cid.digest(), comm_r.begin());
        proven.emplace_back(number, comm_r);
        sector.proven = true;
        faults.unset(number);
        recoveries.unset(number);
    }
    const auto expected =
        fake_window_proof(randomness(chain::RandomnessTag::windowed_post_challenge_seed, open - 20), proven);
    if (params.proofs[0].bytes != to_bytes(expected)) return kIllegalArgument;
    posted.insert(params.deadline);
    return kOk;
}

std::uint32_t World::declare(const Message& message, ChainEpoch epoch) {
    const auto params = *from_cbor<Declarations>(message.params);
    for (const auto& [deadline, partition, numbers] : params.list) {
        const ChainEpoch open = last_open(deadline, epoch);
        if (epoch < open + 60 || epoch >= open + 2880 - 70) return kIllegalArgument;
        (message.method == 10 ? faults : recoveries) |= numbers;
    }
    return kOk;
}

namespace {

class WorldChain final : public MinerChain {
  public:
    explicit WorldChain(World& world) : world_(world) {}
    ChainEpoch head_epoch() override { return world_.head; }
    Result<Hash256> ticket_randomness(chain::RandomnessTag tag, ChainEpoch epoch, bool) override {
        return draw(tag, epoch);
    }
    Result<Hash256> beacon_randomness(chain::RandomnessTag tag, ChainEpoch epoch) override { return draw(tag, epoch); }
    ChainEpoch challenge_delay() override { return World::kDelay; }
    Result<BitField> allocated_numbers() override { return world_.allocated; }
    Result<std::optional<PreCommitOnChain>> pre_commit(SectorNumber number) override {
        const auto it = world_.pre_commits.find(number);
        return it == world_.pre_commits.end() ? std::nullopt : std::optional(it->second);
    }
    Result<std::optional<SectorOnChain>> sector(SectorNumber number) override {
        const auto it = world_.sectors.find(number);
        return it == world_.sectors.end() ? std::nullopt : std::optional(it->second.info);
    }
    Result<ProvingView> proving() override {
        ProvingView out{world_.period_start, std::vector<DeadlineView>(48)};
        for (const auto& [number, sector] : world_.sectors) {
            auto& deadline = out.deadlines[sector.deadline];
            deadline.partitions.resize(1);
            deadline.partitions[0].live.set(number);
        }
        for (std::uint64_t d = 0; d < 48; ++d) {
            if (world_.posted.contains(d)) out.deadlines[d].posted.set(0);
            for (auto& partition : out.deadlines[d].partitions) {
                partition.faults = partition.live & world_.faults;
                partition.recoveries = partition.live & world_.recoveries;
            }
        }
        return out;
    }
    Result<MinerMoney> money() override {
        MinerMoney out;
        out.balance = world_.balance;
        out.available = world_.balance - world_.locked;
        return out;
    }
    Result<TokenAmount> pre_commit_deposit(RegisteredSealProof) override { return kDeposit; }
    Result<TokenAmount> initial_pledge(RegisteredSealProof, std::uint64_t, ChainEpoch) override { return kPledge; }
    Result<SignedMessage> sign(Sender, MethodNumber method, Bytes params, const TokenAmount& value) override {
        return world_.sign(method, std::move(params), value);
    }
    Status publish(const SignedMessage& message) override { return world_.publish(message); }
    Result<MessageFate> fate(const SignedMessage& message) override { return world_.fate(message); }

  private:
    Result<Hash256> draw(chain::RandomnessTag tag, ChainEpoch epoch) const {
        if (epoch > world_.head) return fail(Errc::out_of_range, "above the head");
        return World::randomness(tag, epoch);
    }
    World& world_;
};

}  // namespace

std::unique_ptr<MinerChain> chain_of(World& world) {
    return std::make_unique<WorldChain>(world);
}

}  // namespace strata::provider::testing
