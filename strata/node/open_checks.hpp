#pragma once
// Checks that what a node starts with fits together: the description of the network and the chain in the repository,
// sealed sectors and the records about them, proof types and their verifying keys. Every refusal says what was found,
// what was expected and what to do; none advises removing what cannot be made again.
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

/// Refuses to begin an empty repository beside sealed sectors: their tickets and deals would be lost with the old one.
/// `folder`: the node's. Errors: not_found, io.
Status check_sectors_have_records(const std::filesystem::path& folder);

/// Without its verifying key a node cannot check a proof, and stops at the first one. Looks for the keys of PoRep,
/// WinningPoSt and WindowPoSt of the proof's sector size. Errors: not_found, malformed, with the file.
Status check_verifying_keys(const proofs::ParameterStore& keys, RegisteredSealProof proof);

/// Logs which verifying keys are missing for proofs that the network's actors accept. The node runs without them, but
/// the first proof of that kind on chain stops it until the key is there: nobody can tell a valid proof from a wrong
/// one.
void log_missing_keys(const Shared& shared);

}  // namespace strata::node
