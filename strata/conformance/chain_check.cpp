#include <strata/conformance/chain_check.hpp>

#include <strata/actors/table.hpp>
#include <strata/base/unpack.hpp>
#include <strata/chain/chain_store.hpp>
#include <strata/chain/execution.hpp>
#include <strata/chain/network.hpp>
#include <strata/chain/proof_verifier.hpp>
#include <strata/chain/state_manager.hpp>
#include <strata/conformance/recorded_proofs.hpp>
#include <strata/conformance/suite.hpp>
#include <strata/conformance/watching_table.hpp>
#include <strata/ipld/car.hpp>
#include <strata/wasm/actor_table.hpp>

namespace strata::conformance {
namespace {

using chain::TipsetPtr;

struct Changed {
    const char* field;
    BlockHeader block;
};

// Returns copies of the header, each with a different field changed.
std::vector<Changed> changed_headers(const BlockHeader& block) {
    std::vector<Changed> out;
    const auto change = [&](const char* field, const auto& edit) {
        Changed changed{field, block};
        edit(changed.block);
        if (changed.block != block) out.push_back(std::move(changed));
    };
    const auto flip = [](Bytes& bytes) {
        if (!bytes.empty()) bytes.back() ^= 1;
    };
    const auto replace = [](Cid& cid) { cid = Cid::hash_of(Codec::dag_cbor, cid.bytes()); };
    change("miner", [](BlockHeader& b) { b.miner = Address::id(b.miner.as_id().value_or(0) + 1); });
    change("ticket", [&](BlockHeader& b) { flip(b.ticket->vrf_proof); });
    change("win count", [](BlockHeader& b) { ++b.election_proof->win_count; });
    change("election proof", [&](BlockHeader& b) { flip(b.election_proof->vrf_proof); });
    change("beacon entries", [](BlockHeader& b) {
        b.beacon_entries.empty() ? b.beacon_entries.push_back({1, Bytes(48)}) : b.beacon_entries.pop_back();
    });
    change("beacon data", [&](BlockHeader& b) {
        if (!b.beacon_entries.empty()) flip(b.beacon_entries.back().data);
    });
    change("winning proof", [&](BlockHeader& b) { flip(b.win_post_proof.at(0).bytes); });
    change("parents", [&](BlockHeader& b) { replace(b.parents.at(0)); });
    change("parent weight", [](BlockHeader& b) { b.parent_weight += BigInt(1); });
    change("height", [](BlockHeader& b) { ++b.height; });
    change("state root", [&](BlockHeader& b) { replace(b.parent_state_root); });
    change("receipts", [&](BlockHeader& b) { replace(b.parent_message_receipts); });
    change("messages", [&](BlockHeader& b) { replace(b.messages); });
    change("aggregate", [&](BlockHeader& b) { flip(b.bls_aggregate->data); });
    change("timestamp", [](BlockHeader& b) { ++b.timestamp; });
    change("signature", [&](BlockHeader& b) { flip(b.block_sig->data); });
    change("fork signal", [](BlockHeader& b) { ++b.fork_signaling; });
    change("base fee", [](BlockHeader& b) { b.parent_base_fee += BigInt(1); });
    return out;
}

class Checker {
  public:
    /// `wasm` is null if native actors run.
    Checker(const chain::Network& network, const ChainCheckOptions& options, const vm::ActorTable* wasm)
        : options_(options),
          network_(network),
          keyed_(options.verifying_keys),
          has_gas_(wasm != nullptr),
          natives_(actors::native_actors()),
          table_(*natives_),
          states_(chain_, network_, proofs(), has_gas_ ? *wasm : table_),
          rules_(chain_, network_, with_keys() ? &keyed_ : nullptr) {}

    Status load(BytesView car) {
        STRATA_TRY(const auto payload, car_payload(car));
        // A chain that was stored as a piece has zeros after its last block (docs/protocol/storage.md §16).
        STRATA_TRY(const auto header, load_car(payload, blocks_, CarEnd::at_empty_section));
        if (header.roots.empty())
            return fail(Errc::malformed, "the CAR has no roots, expected the blocks of the chain's head");
        STRATA_TRY(auto at, chain_.tipset(TipsetKey(header.roots)));
        for (;;) {
            tipsets_.push_back(at);
            if (at->height() == 0) break;
            STRATA_TRY(at, chain_.parent(*at));
        }
        std::ranges::reverse(tipsets_);
        if (tipsets_.front()->blocks()[0].timestamp != network_.genesis_timestamp)
            return fail(Errc::invalid_argument, "the chain begins at " +
                                                    std::to_string(tipsets_.front()->blocks()[0].timestamp) +
                                                    ", but the network " + network_.name + " begins at " +
                                                    std::to_string(network_.genesis_timestamp) +
                                                    "; give the description of the chain's own network");
        return {};
    }

    // Only a child records the result of a tipset, so the head's own result is unknown.
    ChainCheck run() {
        for (std::size_t i = 0; i + 1 < tipsets_.size() && out_.errors.size() < options_.max_errors; ++i) {
            execute(*tipsets_[i], *tipsets_[i + 1]);
            for (const auto& block : tipsets_[i + 1]->blocks()) validate(block);
        }
        out_.tipsets = tipsets_.size();
        out_.winning_proofs = network_.stub_winning_post ? "only compared with the stub of this network, not verified"
                              : with_keys()              ? "verified"
                                                         : "only the kind and the sector checked, not verified";
        for (const auto& tipset : tipsets_) out_.blocks += tipset->blocks().size();
        return std::move(out_);
    }

  private:
    bool with_keys() const { return !options_.verifying_keys.empty() && !network_.stub_winning_post; }
    // A stub network's messages carry proofs that no key accepts.
    vm::ProofVerifier& proofs() {
        if (with_keys()) return keyed_;
        return recorded_;
    }

    void error(const chain::Tipset& at, const std::string& what) {
        out_.errors.push_back("epoch " + std::to_string(at.height()) + ": " + what);
    }

    // Validates a block on the recorded result of its parents; execute() compares that with ours.
    void validate(const BlockHeader& block) {
        const chain::TipsetState parents{block.parent_state_root, block.parent_message_receipts};
        if (const auto checked = rules_.check(block, parents); !checked) {
            out_.errors.push_back("epoch " + std::to_string(block.height) + ", " + block.cid().to_string() + ": " +
                                  checked.error().message());
            return;
        }
        if (options_.tamper != 0 && out_.valid_blocks % options_.tamper == 0) tamper(block, parents);
        ++out_.valid_blocks;
    }

    void tamper(const BlockHeader& block, const chain::TipsetState& parents) {
        for (const auto& [field, changed] : changed_headers(block)) {
            if (rules_.check(changed, parents)) {
                out_.errors.push_back("epoch " + std::to_string(block.height) + ": a header with the field '" + field +
                                      "' changed is accepted");
            } else {
                ++out_.refused_changes;
            }
        }
    }

    // Executes a tipset, and compares receipts and roots with those that the child records.
    void execute(const chain::Tipset& tipset, const chain::Tipset& child) {
        auto recorded = chain_.receipts(child.parent_receipts());
        if (!recorded) return error(tipset, "the recorded receipts: " + recorded.error().message());
        const auto done = states_.execute(tipset, has_gas_ ? nullptr : &*recorded);
        // An actor without native code was called, so the result cannot be compared.
        if (const auto missing = table_.take_missing(); !missing.empty()) {
            ++out_.skipped[missing];
            return;
        }
        if (!done) return error(tipset, done.error().message());
        out_.messages += done->messages.size();
        if (const auto wrong = compare(*done, *recorded); !wrong.empty()) return error(tipset, wrong);
        if (done->state.receipts_root != child.parent_receipts())
            return error(tipset, "the receipts root is " + done->state.receipts_root.to_string() + ", expected " +
                                     child.parent_receipts().to_string());
        if (done->state.state_root != child.parent_state_root())
            return error(tipset, "the state root is " + done->state.state_root.to_string() + ", expected " +
                                     child.parent_state_root().to_string());
        ++out_.executed;
    }

    // Returns the first difference from the recorded receipts; empty if there is none.
    static std::string compare(const chain::TipsetExecution& done, const std::vector<Receipt>& recorded) {
        if (done.messages.size() != recorded.size())
            return "there are " + std::to_string(recorded.size()) + " receipts, expected " +
                   std::to_string(done.messages.size()) + ", one for each message";
        for (std::size_t i = 0; i < recorded.size(); ++i) {
            const auto& [cid, message, applied] = done.messages[i];
            if (applied.receipt == recorded[i]) continue;
            const std::string what = "the receipt of " + cid.to_string() + " (to " + message.to.to_string() +
                                     ", method " + std::to_string(message.method) + ") differs: ";
            if (applied.receipt.gas_used != recorded[i].gas_used)
                return what + "the gas used is " + std::to_string(applied.receipt.gas_used) + ", expected " +
                       std::to_string(recorded[i].gas_used);
            if (applied.receipt.exit_code == recorded[i].exit_code)
                return what + "the exit code and the gas are as expected, but the return value or the events are not";
            return what + "the exit code is " + std::to_string(applied.receipt.exit_code) + ", expected " +
                   std::to_string(recorded[i].exit_code) + ": " + applied.failure;
        }
        return {};
    }

    const ChainCheckOptions& options_;
    const chain::Network& network_;
    MemoryBlockstore blocks_;
    store::MemoryKeyValue meta_;
    chain::ChainStore chain_{blocks_, meta_};
    RecordedProofs recorded_;
    chain::KeyedProofVerifier keyed_;
    bool has_gas_;  // the actors count their instructions
    std::unique_ptr<vm::ActorTable> natives_;
    WatchingTable table_;
    chain::StateManager states_;
    chain::BlockRules rules_;
    std::vector<TipsetPtr> tipsets_;
    ChainCheck out_;
};

}  // namespace

double ChainCheck::share() const {
    return tipsets < 2 ? 100.0 : 100.0 * static_cast<double>(executed) / static_cast<double>(tipsets - 1);
}

Result<ChainCheck> check_chain(const ChainCheckOptions& options) {
    if (options.max_errors == 0)
        return fail(Errc::invalid_argument,
                    "the number of errors after which the check stops is 0, expected at least 1");
    STRATA_TRY(const auto description, read_unpacked(options.network));
    const auto network = chain::parse_network(description);
    if (!network) return Error(network.error()).with_context(options.network.string());
    std::unique_ptr<vm::ActorTable> wasm;
    if (!options.bundle.empty()) {
        STRATA_TRY(wasm, wasm::open_wasm_actors(options.bundle, options.wasm_cache));
    }
    Checker checker(*network, options, wasm.get());
    STRATA_TRY(const auto car, read_unpacked(options.car));
    if (auto loaded = checker.load(as_bytes(car)); !loaded)
        return std::move(loaded.error()).with_context(options.car.string());
    return checker.run();
}

}  // namespace strata::conformance
