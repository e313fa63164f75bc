#pragma once
// Checks before a node starts: the network's description must fit the chain in the repository, sealed sectors must have
// their records, and proof types their verifying keys. Every refusal says what was found, what was expected and what to
// do; none advises removing anything that cannot be recreated.
#include <filesystem>

#include <strata/node/shared.hpp>
#include <strata/proofs/params/parameter_store.hpp>
#include <strata/types/sector.hpp>

namespace strata::chain {
class Chain;
}

namespace strata::node {

/// Compares the chain's network (name, genesis time, block delay) with the genesis block, the init actor's state and
/// the head. Errors: verification; missing_block and io of the repository.
Status check_description(chain::Chain& chain);

/// Refuses to begin an empty repository if there are sealed sectors: without the old records, their tickets and deals
/// are lost. `folder` is the node's. Errors: not_found, io.
Status check_sectors_have_records(const std::filesystem::path& folder);

/// Checks that the verifying keys of PoRep, WinningPoSt and WindowPoSt are there for the proof's sector size. Without
/// them, a node would stop at the first proof. Errors: not_found, malformed, with the file.
Status check_verifying_keys(const proofs::ParameterStore& keys, RegisteredSealProof proof);

/// Logs which verifying keys are missing for proofs that the network's actors accept. The node runs without them, but
/// the first proof of that kind on chain stops it until the key is there, because the node cannot tell whether the
/// proof is valid.
void log_missing_keys(const Shared& shared);

}  // namespace strata::node
