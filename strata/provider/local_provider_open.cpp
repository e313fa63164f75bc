// Opens a provider with real proofs through the door of a chain.
#include <strata/provider/config.hpp>
#include <strata/provider/local_provider.hpp>
#include <strata/provider/node_chain.hpp>
#include <strata/provider/proofs_prover.hpp>

namespace strata::provider {

Result<std::unique_ptr<LocalProvider>> LocalProvider::open(ProviderConfig config, chain::Chain& chain,
                                                           wallet::Wallet& wallet, store::KeyValue& store,
                                                           proofs::ParameterStore& parameters, Jobs& jobs,
                                                           crypto::RandomSource& random, ProofChecks checks) {
    STRATA_TRY(auto door, chain_through(chain, wallet, config.miner, config.max_fees));
    // The parent tables depend only on the sector size, so all sectors share one folder of them.
    auto prover = prover_with(parameters, (config.folder / "parents").string(), std::move(checks));
    return open(std::move(config), std::move(door), std::move(prover), store, jobs, random);
}

}  // namespace strata::provider
