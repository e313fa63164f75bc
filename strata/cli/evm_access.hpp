#pragma once
// The node and the key that the verbs of `strata evm` work with, and how they show what came of a message.
#include <filesystem>

#include <strata/contracts/contract_abi.hpp>
#include <strata/contracts/transaction.hpp>
#include <strata/node/access_files.hpp>

namespace CLI {
class App;
}

namespace strata::cli {

struct EvmAccess {
    std::string api;                // empty: as the network's folder says, or else the devnet's usual port
    std::string token;              // empty: as the network's folder or the environment says
    std::filesystem::path network;  // folder of a local network, whose accounts have the keys
    std::filesystem::path key;      // file with the sender's key; empty: an account of the network
    std::string from;               // an account's name or address
};
/// Adds --api, --network, and --from; with `signs` also --key.
void add_access(CLI::App& verb, EvmAccess& access, bool signs);

/// Returns the node's URL and token. It does not ask whether a node is there.
node::ApiAccess node_access(const EvmAccess& access);

struct Sender {
    Address address;
    wallet::PrivateKey key;
};
/// Returns the sender that the options name. Errors: invalid_argument, saying which accounts or options there are.
Result<Sender> sender_of(const EvmAccess& access);

/// Reads "1.5", an amount in FIL. Errors: invalid_argument.
Result<TokenAmount> parse_fil(std::string_view text);
/// Reads 0x…, f410…, f0… or any other address. Errors: invalid_argument.
Result<Address> parse_contract(std::string_view text);
/// The input of a contract, and what it is known to return.
struct ContractInput {
    Bytes data;
    std::optional<std::vector<contracts::AbiType>> returns;
};
/// Reads the input of a contract: hexadecimal digits, a function with its types, or the name of one of the functions of
/// `abi`, which may be null. Errors: invalid_argument.
Result<ContractInput> parse_input(const std::string& data, const std::vector<std::string>& values,
                                  const contracts::ContractAbi* abi);
/// Reads hexadecimal digits with or without 0x. Errors: invalid_argument, naming `what`.
Result<Bytes> parse_hex(std::string_view what, std::string_view text);

/// Prints one line: a name and its value.
void print_fact(std::string_view name, std::string_view value);
/// Prints what every executed message has: CID, epoch, gas, exit code, events. What `abi` names is shown in words; it
/// may be null.
void print_executed(const contracts::Executed& executed, char prefix, const contracts::ContractAbi* abi);
/// Prints an exit code with its name and the reason of a revert.
void print_exit(const Receipt& receipt, const contracts::ContractAbi* abi);

}  // namespace strata::cli
