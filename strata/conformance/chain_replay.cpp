#include <strata/conformance/chain_replay.hpp>

#include <fmt/format.h>

#include <set>

#include <strata/actors/bundle.hpp>
#include <strata/actors/read/system.hpp>
#include <strata/actors/table.hpp>
#include <strata/base/unpack.hpp>
#include <strata/chain/block_rules.hpp>
#include <strata/chain/execution.hpp>
#include <strata/chain/proof_verifier.hpp>
#include <strata/chain/state_manager.hpp>
#include <strata/conformance/chain_source.hpp>
#include <strata/conformance/header_changes.hpp>
#include <strata/conformance/recorded_proofs.hpp>
#include <strata/conformance/watching_table.hpp>
#include <strata/vm/state_tree.hpp>
#include <strata/wasm/actor_table.hpp>
#include <strata/wasm/bundle_search.hpp>

namespace strata::conformance {
namespace {

using chain::TipsetPtr;

// An upgrade whose height is not known is looked for in the null rounds before the tipset that differs. More of them
// than this follow one another only where mining stopped.
constexpr ChainEpoch kMostCandidates = 100;

// Says where the official actors of a version come from, for a person who lacks them.
std::string where_to_get(actors::ActorBundle kind, actors::ActorsVersion version) {
    constexpr const char* names[] = {"devnet", "mainnet", "calibrationnet", "butterflynet"};
    return fmt::format(
        "builtin-actors-{}.car of actors v{} (a file of the release v{}.0.0 of github.com/filecoin-project/builtin-"
        "actors)",
        names[static_cast<std::size_t>(kind)], version, version);
}

// The actors that run, and what is missing of them.
struct Actors {
    std::unique_ptr<vm::ActorTable> wasm;  // null: native ones
    std::set<actors::ActorsVersion> missing;
};

// Opens the bundle of genesis and those of the upgrades that may follow.
Result<Actors> open_actors(const ChainReplayOptions& options, const chain::Network& network, ChainSource& source) {
    Actors out;
    if (options.bundles.empty()) return out;
    STRATA_TRY(auto state, vm::StateTree::load(source.chain().blocks(), source.genesis().parent_state_root));
    STRATA_TRY(const Cid first, actors::read::manifest_data(state));
    std::vector<Cid> wanted{first};
    std::map<actors::ActorsVersion, Cid> later;
    const auto begins = actors::actors_of(network.version_at(0)).value_or(actors::kOldestActors);
    MemoryBlockstore scratch;
    for (auto version = begins + 1; version <= actors::actors_of(kNewestVersion); ++version) {
        const auto* const bundle = actors::find_bundle(network.bundle, version);
        if (bundle == nullptr) continue;
        STRATA_TRY(later[version], actors::store_manifest_data(scratch, bundle->manifest));
        wanted.push_back(later[version]);
    }
    STRATA_TRY(const auto found, wasm::find_bundles(options.bundles, wanted));
    if (!found.by_manifest.contains(first))
        return fail(Errc::not_found,
                    fmt::format("{}: none of its {} bundles has the manifest {} of the chain's genesis; bring {}{}{}",
                                options.bundles.string(), found.bundles, first.to_string(),
                                where_to_get(network.bundle, begins),
                                found.unreadable.empty() ? "" : "; a file could not be read: ",
                                found.unreadable.empty() ? "" : found.unreadable.front()));
    for (const auto& [version, manifest] : later)
        if (!found.by_manifest.contains(manifest)) out.missing.insert(version);
    std::vector<std::shared_ptr<const wasm::Bundle>> bundles;
    for (const auto& [manifest, bundle] : found.by_manifest) bundles.push_back(bundle);
    STRATA_TRY(auto engine, wasm::Engine::make({.cache = options.wasm_cache}));
    out.wasm = wasm::wasm_actors(std::move(engine), std::move(bundles));
    return out;
}

class Replay {
  public:
    Replay(const ChainReplayOptions& options, ChainSource& source, chain::Network network, Actors actors)
        : options_(options),
          source_(source),
          network_(std::move(network)),
          actors_(std::move(actors)),
          keyed_(options.verifying_keys),
          natives_(actors::native_actors()),
          watched_(*natives_),
          states_(source.chain(), network_, proofs(), actors_.wasm ? *actors_.wasm : watched_),
          rules_(source.chain(), network_, with_keys() ? &keyed_ : nullptr),
          gas_(actors_.wasm ? Gas::computed : Gas::undecided) {}

    // Only a child records the result of a tipset, so the head's own result is unknown.
    Result<ChainReplay> run(bool described) {
        const auto& tipsets = source_.tipsets();
        out_.described = described;
        std::vector<std::size_t> due;
        for (std::size_t i = 0; i + 1 < tipsets.size(); ++i)
            if (tipsets[i]->height() >= options_.from && tipsets[i]->height() <= options_.to) due.push_back(i);
        out_.due = due.size();
        for (const auto i : due) {
            if (out_.errors.size() >= options_.max_errors || stuck_) break;
            STRATA_OK(options_.watch.at(fmt::format("epoch {} of {}", tipsets[i]->height(), tipsets.back()->height()),
                                        static_cast<double>(i) / static_cast<double>(tipsets.size())));
            execute(i);
            if (!described || stuck_) continue;
            for (const auto& block : tipsets[i + 1]->blocks()) validate(block);
        }
        return summary();
    }

  private:
    // The gas of the receipts is that which these actors compute, or that of the official ones while native actors run.
    // A message of the chain decides it.
    enum class Gas { computed, recorded, undecided };

    struct Attempt {
        std::string wrong;    // empty: everything is as recorded
        std::string missing;  // why it cannot be compared
        std::size_t messages = 0;
        bool equal() const { return wrong.empty() && missing.empty(); }
    };

    bool with_keys() const { return !options_.verifying_keys.empty() && !network_.stub_winning_post; }
    // A stub network's messages carry proofs that no key accepts.
    vm::ProofVerifier& proofs() {
        if (with_keys()) return keyed_;
        return recorded_;
    }

    ChainReplay summary() {
        const auto& tipsets = source_.tipsets();
        out_.network = network_.name;
        out_.genesis = tipsets.front()->cids().front();
        out_.height = tipsets.back()->height();
        out_.tipsets = tipsets.size();
        for (const auto& tipset : tipsets) out_.blocks += tipset->blocks().size();
        out_.winning_proofs = network_.stub_winning_post ? "only compared with the stub of this network, not verified"
                              : with_keys()              ? "verified"
                                                         : "only the kind and the sector checked, not verified";
        out_.gas = gas_ == Gas::computed ? "computed and compared"
                   : gas_ == Gas::recorded
                       ? "taken from the record, since the gas of native actors only comes near the official gas"
                       : "not compared, since no message shows whose it is";
        for (const auto& upgrade : network_.upgrades.upgrades())
            if (upgrade.version > network_.upgrades.genesis_version() && upgrade.height >= 0 &&
                upgrade.height < out_.height)
                out_.upgrades.push_back({upgrade.version, upgrade.height});
        return std::move(out_);
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

    void execute(std::size_t index) {
        const auto& tipset = *source_.tipsets()[index];
        const auto here = source_.chain().blocks().has(tipset.parent_state_root());
        if (!here || !*here) {
            stuck_ = true;
            return error(tipset, "the state before it, " + tipset.parent_state_root().to_string() +
                                     ", is neither in the CAR nor the result of an execution; the replay ends here");
        }
        auto attempt = attempt_with_gas(index);
        if (!attempt.wrong.empty()) look_for_upgrade(index, attempt);
        out_.messages += attempt.messages;
        if (attempt.equal()) {
            ++out_.executed;
        } else if (attempt.missing.empty()) {
            error(tipset, attempt.wrong);
        } else {
            // An actor without native code was called, so the result cannot be compared.
            ++out_.skipped[attempt.missing];
        }
    }

    // If the tipset leads to a different result, the network may have upgraded just before it: at the height of its
    // parent or at a null round between them. The migration changes the code of all actors, so only the right height
    // can give the recorded state.
    void look_for_upgrade(std::size_t index, Attempt& attempt) {
        const auto& tipset = *source_.tipsets()[index];
        const NetworkVersion next = network_.version_at(tipset.height()) + 1;
        if (index == 0 || next > kNewestVersion) return;
        if (const auto actors = actors::actors_of(next); actors && actors_.missing.contains(*actors)) {
            attempt.wrong += fmt::format("; if the network upgraded to version {} here, {} is missing below {}", next,
                                         where_to_get(network_.bundle, *actors), options_.bundles.string());
            return;
        }
        const auto before = network_.upgrades;
        const ChainEpoch parent = source_.tipsets()[index - 1]->height();
        for (ChainEpoch at = tipset.height() - 1; at >= parent && tipset.height() - at <= kMostCandidates; --at) {
            if (!move_upgrade(network_, next, at)) break;
            const auto upgraded = attempt_with_gas(index);
            if (!upgraded.equal()) continue;
            out_.found.push_back({next, at});
            attempt = upgraded;
            return;
        }
        network_.upgrades = before;
    }

    Attempt attempt_with_gas(std::size_t index) {
        const auto& child = *source_.tipsets()[index + 1];
        const auto read = source_.chain().receipts(child.parent_receipts());
        // Lotus leaves the receipts out of its snapshots; their root is in the header all the same.
        const bool absent = !read && read.error().code() == Errc::missing_block;
        if (!read && !absent) return {"the recorded receipts: " + read.error().message(), "", 0};
        const std::vector<Receipt>* const recorded = read ? &*read : nullptr;
        if (recorded == nullptr && gas_ == Gas::recorded)
            return {"its receipts are not in the CAR, and native actors cannot compute their gas; use --actors wasm",
                    "", 0};
        if (gas_ == Gas::recorded) return attempt_once(index, recorded, recorded);
        const auto computed = attempt_once(index, recorded, nullptr);
        if (gas_ == Gas::computed || recorded == nullptr || recorded->empty()) return computed;
        if (computed.equal()) gas_ = Gas::computed;
        if (computed.equal()) return computed;
        const auto replayed = attempt_once(index, recorded, recorded);
        if (replayed.equal()) gas_ = Gas::recorded;
        return replayed;
    }

    // Executes a tipset, and compares receipts and roots with those that the child records. `gas` has the receipts
    // whose gas is used; null if it is computed.
    Attempt attempt_once(std::size_t index, const std::vector<Receipt>* recorded, const std::vector<Receipt>* gas) {
        const auto& child = *source_.tipsets()[index + 1];
        const auto done = states_.execute(*source_.tipsets()[index], gas);
        Attempt out;
        out.missing = watched_.take_missing();
        if (!out.missing.empty()) return out;
        if (!done) {
            out.wrong = done.error().message();
            return out;
        }
        out.messages = done->messages.size();
        if (recorded != nullptr) out.wrong = compare(*done, *recorded);
        if (!out.wrong.empty()) return out;
        if (done->state.receipts_root != child.parent_receipts()) {
            out.wrong = "the receipts root is " + done->state.receipts_root.to_string() + ", expected " +
                        child.parent_receipts().to_string();
        } else if (done->state.state_root != child.parent_state_root()) {
            out.wrong = "the state root is " + done->state.state_root.to_string() + ", expected " +
                        child.parent_state_root().to_string();
        }
        return out;
    }

    // Returns the first difference from the recorded receipts; empty if there is none.
    static std::string compare(const chain::TipsetExecution& done, const std::vector<Receipt>& recorded) {
        if (done.messages.size() != recorded.size())
            return "there are " + std::to_string(recorded.size()) + " receipts, expected " +
                   std::to_string(done.messages.size()) + ", one for each message";
        for (std::size_t i = 0; i < recorded.size(); ++i) {
            const auto& [cid, message, applied, listed] = done.messages[i];
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

    const ChainReplayOptions& options_;
    ChainSource& source_;
    chain::Network network_;
    Actors actors_;
    RecordedProofs recorded_;
    chain::KeyedProofVerifier keyed_;
    std::unique_ptr<vm::ActorTable> natives_;
    WatchingTable watched_;
    chain::StateManager states_;
    chain::BlockRules rules_;
    Gas gas_;
    bool stuck_ = false;  // the state of the next tipset is unknown
    ChainReplay out_;
};

Result<chain::Network> read_description(const std::filesystem::path& file, const BlockHeader& genesis) {
    STRATA_TRY(const auto text, read_unpacked(file));
    auto network = chain::parse_network(text);
    if (!network) return std::move(network).error().with_context(file.string());
    if (genesis.timestamp != network->genesis_timestamp)
        return fail(Errc::invalid_argument,
                    fmt::format("the chain begins at {}, but the network {} of {} begins at {}; give the description "
                                "of the chain's own network",
                                genesis.timestamp, network->name, file.string(), network->genesis_timestamp));
    return network;
}

// The actors of genesis tell with which version a network begins.
Status check_first_version(const chain::Network& network, ChainSource& source) {
    STRATA_TRY(auto state, vm::StateTree::load(source.chain().blocks(), source.genesis().parent_state_root));
    STRATA_TRY(const auto manifest, vm::Manifest::of_state(state));
    const auto system = manifest.codes.find(vm::ActorType::system);
    const auto* const bundle = system == manifest.codes.end() ? nullptr : actors::bundle_with(system->second);
    const auto expected = actors::actors_of(network.version_at(0));
    if (bundle == nullptr || !expected || bundle->version == *expected) return {};
    return fail(Errc::invalid_argument,
                fmt::format("the chain begins with actors v{}, but the description of {} has network version {} at "
                            "genesis, whose actors are v{}; correct upgrades.genesis_network_version",
                            bundle->version, network.name, network.version_at(0), *expected));
}

struct Described {
    chain::Network network;
    bool by_file = false;
    std::string ignored;
};

// A description beside the CAR may belong to a different chain, so it is left out if it does not fit. One that the
// person named must fit.
Result<Described> network_of(const ChainReplayOptions& options, ChainSource& source) {
    const auto file = options.network.empty() ? description_beside(options.car) : options.network;
    Described out;
    if (!file.empty()) {
        auto read = read_description(file, source.genesis());
        if (!read && !options.network.empty()) return read.error();
        out.by_file = read.has_value();
        if (read) out.network = std::move(*read);
        if (!read) out.ignored = read.error().message();
    }
    if (!out.by_file) {
        STRATA_TRY(out.network, describe_network(source));
    }
    return out;
}

}  // namespace

double ChainReplay::share() const {
    return due == 0 ? 100.0 : 100.0 * static_cast<double>(executed) / static_cast<double>(due);
}

Result<ChainReplay> replay_chain(const ChainReplayOptions& options) {
    if (options.max_errors == 0)
        return fail(Errc::invalid_argument,
                    "the number of errors after which the replay stops is 0, expected at least 1");
    if (options.from > options.to)
        return fail(Errc::invalid_argument, fmt::format("the first epoch is {} and the last {}, expected the first to "
                                                        "be at most the last",
                                                        options.from, options.to));
    ChainSource source;
    auto chosen = options;
    if (options.newest) {
        const auto& [blocks, head, genesis, count] = *options.newest;
        STRATA_OK(source.take(*blocks, head, genesis, count));
        // Genesis stands before the newest tipsets, but is not the parent of the first of them.
        const auto& tipsets = source.tipsets();
        if (tipsets.size() > 1 && tipsets[1]->parents() != tipsets[0]->key())
            chosen.from = std::max(chosen.from, tipsets[1]->height());
    } else {
        STRATA_OK(source.load(options.car));
    }
    STRATA_TRY(auto described, network_of(options, source));
    STRATA_OK(check_first_version(described.network, source));
    for (const auto& [version, height] : options.upgrades) STRATA_OK(move_upgrade(described.network, version, height));
    STRATA_TRY(auto actors, open_actors(options, described.network, source));
    STRATA_TRY(auto out,
               Replay(chosen, source, std::move(described.network), std::move(actors)).run(described.by_file));
    out.ignored = std::move(described.ignored);
    return out;
}

}  // namespace strata::conformance
