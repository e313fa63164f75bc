#include <strata/simulation/window_posts.hpp>

#include <strata/actors/miner/deadline_info.hpp>
#include <strata/actors/read/miner.hpp>
#include <strata/chain/randomness.hpp>
#include <strata/provider/miner_messages.hpp>
#include <strata/types/sector.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::simulation {
namespace {

using actors::miner::kWPoStChallengeLookback;
using actors::miner::kWPoStChallengeWindow;
using actors::miner::kWPoStProvingPeriod;

constexpr SectorNumber kSector = 0;        // the only one of each miner
constexpr ChainEpoch kConfidence = 4;      // epochs into the window
constexpr ChainEpoch kTryAgainAfter = 12;  // epochs, for a message that a fork lost
constexpr auto kSealProof = RegisteredSealProof{5};
constexpr std::int64_t kGas = 500'000'000;

Result<actors::read::Miner> load_miner(chain::LocalChain& chain, std::size_t miner) {
    STRATA_TRY(const auto state, chain.state_after(chain.head()));
    STRATA_TRY(auto tree, vm::StateTree::load(chain.blocks(), state.state_root));
    return actors::read::Miner::load(tree, miner_address(miner));
}

}  // namespace

Status WindowPosts::find_windows(chain::LocalChain& chain, ChainEpoch epoch) {
    for (const auto miner : miners_) {
        STRATA_TRY(const auto view, load_miner(chain, miner));
        STRATA_TRY(const auto place, view.find(kSector));
        if (!place) return fail(Errc::malformed, "miner " + std::to_string(miner) + " has no sector");
        const auto now = view.deadline_at(epoch);
        const auto window =
            actors::miner::DeadlineInfo::at(now.period_start, place->deadline, epoch).next_not_elapsed();
        windows_.push_back({miner, window.open, place->deadline, window.open + kConfidence});
    }
    return {};
}

Result<bool> WindowPosts::is_posted(chain::LocalChain& chain, const Window& window) const {
    STRATA_TRY(const auto view, load_miner(chain, window.miner));
    STRATA_TRY(const auto deadlines, view.deadlines());
    return deadlines.at(window.deadline).posted.contains(0);
}

Status WindowPosts::on_epoch(chain::LocalChain& chain, ChainEpoch epoch) {
    if (windows_.empty()) STRATA_OK(find_windows(chain, epoch));
    for (auto& window : windows_) {
        while (epoch >= window.open + kWPoStChallengeWindow) {
            window.open += kWPoStProvingPeriod;
            window.tries = window.open + kConfidence;
        }
        // The message is refused while the head is below the window.
        if (epoch < window.tries || chain.head()->height() < window.open) continue;
        window.tries = epoch + kTryAgainAfter;
        STRATA_TRY(const bool posted, is_posted(chain, window));
        if (!posted) STRATA_OK(send(chain, window));
    }
    return {};
}

Status WindowPosts::send(chain::LocalChain& chain, const Window& window) const {
    const ChainEpoch challenge = window.open - kWPoStChallengeLookback;
    STRATA_TRY(const auto digest, chain.chain_randomness(chain.head(), challenge));
    const auto commit = chain::mix_randomness(chain::RandomnessTag::post_chain_commit, digest, challenge, {});
    STRATA_TRY(const auto type, window_post_proof(kSealProof));
    const auto call =
        provider::submit_windowed_post(window.deadline, {{0, {}}}, {type, Bytes(192, 1)}, challenge, commit);
    const auto worker = shared_.worker_name(window.miner);
    SignedMessage out;
    out.message = {.version = 0,
                   .to = miner_address(window.miner),
                   .from = sim_address(worker),
                   .nonce = 0,
                   .value = {},
                   .gas_limit = kGas,
                   .gas_fee_cap = BigInt(1'000'000'000),
                   .gas_premium = BigInt(10'000),
                   .method = call.method,
                   .params = call.params};
    STRATA_TRY(out.message.nonce, chain.next_nonce(out.message.from));
    STRATA_TRY(out.signature, wallet::sign_with(sim_key(worker), out.message.cid().bytes()));
    // A pool that is full or does not know the sender yet refuses it; the next try may do better.
    const auto pushed = chain.push(out, chain::AddKind::local);
    return !pushed && pushed.error().is_fatal() ? Status(pushed.error()) : Status();
}

}  // namespace strata::simulation
