// strata evm deploy|invoke|call: contracts on a running network, over the JSON-RPC of a node.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include <strata/actors/eam/types.hpp>
#include <strata/base/files.hpp>
#include <strata/base/hex.hpp>
#include <strata/cli/commands.hpp>
#include <strata/cli/evm_access.hpp>
#include <strata/cli/exit_codes.hpp>
#include <strata/cli/home.hpp>
#include <strata/cli/terminal.hpp>
#include <strata/contracts/abi.hpp>
#include <strata/contracts/artifact.hpp>
#include <strata/contracts/outcome.hpp>

namespace strata::cli {
namespace {

struct Options {
    EvmAccess access;
    std::filesystem::path file;  // of deploy
    std::string contract;        // name of one of the file's contracts
    std::string arguments;       // of the constructor, in hexadecimal
    std::string types;           // of the constructor's arguments
    std::filesystem::path abi;   // file with the ABI, of invoke and call
    std::string address;         // of invoke and call
    std::string data;
    std::vector<std::string> values;  // arguments as text
    std::string value = "0";          // in FIL
    std::string returns;              // types of the returned values
    std::int64_t gas_limit = 0;
    std::uint64_t timeout = 600;  // seconds
};

contracts::SendOptions send_options(const Options& options, char prefix, const contracts::ContractAbi* abi) {
    contracts::SendOptions out;
    out.prefix = prefix;
    out.abi = abi;
    out.gas_limit = options.gas_limit;
    out.patience = std::chrono::seconds(options.timeout);
    return out;
}

using Types = std::vector<contracts::AbiType>;

/// The contract that a verb works with: its input, what it returns, and its ABI if a file has it.
struct Target {
    Address address;
    Bytes input;
    std::optional<Types> returns;
    std::optional<contracts::ContractAbi> abi;
};

const contracts::ContractAbi* pointer(const std::optional<contracts::ContractAbi>& abi) {
    return abi ? &*abi : nullptr;
}

/// Prints returned data, and its values if their types are known.
Status print_returned(const Bytes& data, const std::optional<Types>& types) {
    print_fact("returned", data.empty() ? "nothing" : "0x" + to_hex(data));
    if (!types) return {};
    auto values = contracts::decode_values(*types, data);
    if (!values) {
        std::string expected;
        for (const auto& type : *types) expected += (expected.empty() ? "" : ",") + type.name();
        return std::move(values).error().with_context("the returned data is not " + expected);
    }
    for (std::size_t i = 0; i < types->size(); ++i) print_fact("  " + (*types)[i].name() + " ", (*values)[i]);
    return {};
}

Result<Bytes> read_contract_file(const char* what, const std::filesystem::path& file) {
    STRATA_OK(check_regular_file(what, file));
    return read_file(file, contracts::kMaxArtifact);
}

Result<Target> target_of(const Options& options) {
    Target out;
    STRATA_TRY(out.address, parse_contract(options.address));
    if (!options.abi.empty()) {
        STRATA_TRY(const auto content, read_contract_file("--abi", options.abi));
        auto abi = contracts::read_abi(content, options.contract);
        if (!abi) return std::move(abi).error().with_context("--abi " + options.abi.string());
        out.abi = std::move(*abi);
    }
    STRATA_TRY(auto input, parse_input(options.data, options.values, pointer(out.abi)));
    out.input = std::move(input.data);
    out.returns = std::move(input.returns);
    if (!options.returns.empty()) {
        STRATA_TRY(out.returns, contracts::parse_types(options.returns));
    }
    return out;
}

/// Encodes the constructor's arguments: by --types, or else as the artifact's ABI says.
Result<Bytes> constructor_arguments(const Options& options, const contracts::Artifact& artifact) {
    if (!options.arguments.empty() && options.types.empty() && options.values.empty())
        return parse_hex("--args", options.arguments);
    if (!options.types.empty() || !artifact.abi) {
        if (options.types.empty() && !options.values.empty())
            return fail(Errc::invalid_argument,
                        options.file.string() +
                            " has no ABI, so that the types of the constructor's arguments are not "
                            "known; name them with --types, such as --types string,uint256");
        STRATA_TRY(const auto types, contracts::parse_types(options.types));
        auto encoded = contracts::encode_values(types, options.values);
        if (!encoded) return std::move(encoded).error().with_context("--types " + options.types);
        return encoded;
    }
    STRATA_TRY(const auto types, artifact.abi->constructor(options.values.size()));
    return contracts::encode_values(types, options.values);
}

Result<contracts::Artifact> artifact_of(const Options& options) {
    STRATA_TRY(const auto content, read_contract_file("FILE", options.file));
    auto out = contracts::read_artifact(content, options.contract);
    if (!out) return std::move(out).error().with_context(options.file.string());
    STRATA_TRY(const auto arguments, constructor_arguments(options, *out));
    append(out->initcode, arguments);
    return out;
}

/// Finds the sender, and asks the node how addresses begin on its network.
Result<Sender> begin(const Options& options, contracts::Node& node, char& prefix) {
    STRATA_TRY(auto sender, sender_of(options.access));
    STRATA_TRY(prefix, node.prefix());
    return sender;
}

Result<int> deploy(const Options& options) {
    STRATA_TRY(const auto artifact, artifact_of(options));
    const auto* abi = pointer(artifact.abi);
    STRATA_TRY(auto value, parse_fil(options.value));
    const auto access = node_access(options.access);
    contracts::Node node(access.url, access.token);
    char prefix = 't';
    STRATA_TRY(const auto sender, begin(options, node, prefix));
    auto executed = contracts::Transactions(node).send(
        contracts::create_message(sender.address, artifact.initcode, std::move(value)), sender.key,
        send_options(options, prefix, abi), terminal_watch("strata evm deploy"));
    if (!executed) return std::move(executed).error();
    clear_progress();
    if (executed->receipt.exit_code != 0) {
        print_executed(*executed, prefix, abi);
        return fail(Errc::verification, "the contract was not deployed; the reason is shown above");
    }
    STRATA_TRY(const auto made, from_cbor<actors::eam::CreateReturn>(executed->receipt.return_data));
    print_fact("contract", contracts::checksummed(made.eth_address));
    print_fact("address", Address::delegated(kEamId, made.eth_address).to_string(prefix));
    print_fact("ID", Address::id(made.actor_id).to_string(prefix));
    print_fact("sender", sender.address.to_string(prefix));
    print_executed(*executed, prefix, abi);
    return kDone;
}

Result<int> invoke(const Options& options) {
    STRATA_TRY(const auto target, target_of(options));
    STRATA_TRY(auto value, parse_fil(options.value));
    const auto* abi = pointer(target.abi);
    const auto access = node_access(options.access);
    contracts::Node node(access.url, access.token);
    char prefix = 't';
    STRATA_TRY(const auto sender, begin(options, node, prefix));
    auto executed = contracts::Transactions(node).send(
        contracts::invoke_message(sender.address, target.address, target.input, std::move(value)), sender.key,
        send_options(options, prefix, abi), terminal_watch("strata evm invoke"));
    if (!executed) return std::move(executed).error();
    clear_progress();
    print_fact("sender", sender.address.to_string(prefix));
    print_executed(*executed, prefix, abi);
    if (executed->receipt.exit_code != 0)
        return fail(Errc::verification, "the contract was called, but the call failed; the reason is shown above");
    STRATA_OK(print_returned(contracts::returned_data(executed->receipt.return_data), target.returns));
    return kDone;
}

Result<int> call(const Options& options) {
    STRATA_TRY(const auto target, target_of(options));
    STRATA_TRY(auto value, parse_fil(options.value));
    Address from = Address::id(kSystemId);
    if (!options.access.from.empty()) {
        STRATA_TRY(from, parse_contract(options.access.from));
    }
    const auto access = node_access(options.access);
    contracts::Node node(access.url, access.token);
    STRATA_TRY(const auto receipt, contracts::Transactions(node).simulate(contracts::invoke_message(
                                       from, target.address, target.input, std::move(value))));
    if (receipt.exit_code != 0) {
        print_exit(receipt, pointer(target.abi));
        return fail(Errc::verification, "the call failed; the reason is shown above");
    }
    STRATA_OK(print_returned(contracts::returned_data(receipt.return_data), target.returns));
    return kDone;
}

int finish(Result<int> done, const char* verb) {
    if (done) return *done;
    return exit_code_of(std::move(done).error().with_context(verb));
}

void add_sending(CLI::App& verb, Options& options) {
    add_access(verb, options.access, /*signs=*/true);
    verb.add_option("--value", options.value, "FIL that go to the contract, such as 0.25")->capture_default_str();
    verb.add_option("--gas-limit", options.gas_limit,
                    "gas limit (default: the node's estimate, and a message that would fail is not sent)")
        ->check(CLI::PositiveNumber);
    verb.add_option("--timeout", options.timeout, "seconds to wait until the message is executed")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
}

void add_target(CLI::App& verb, Options& options) {
    verb.add_option("ADDRESS", options.address, "the contract: 0x…, f410… or f0…")->required();
    verb.add_option("DATA", options.data,
                    "a function such as 'transfer(address,uint256)', or its name alone with --abi; or the input in "
                    "hexadecimal")
        ->required();
    verb.add_option("ARGS", options.values,
                    "arguments of the function; an array is [value,value], a tuple (value,value)");
    verb.add_option("--abi", options.abi,
                    "file with the contract's ABI, which names its functions, results, events and errors: the JSON of "
                    "solc, Hardhat or Foundry, or an ABI alone");
    verb.add_option("--contract", options.contract, "name of the contract, if the file of --abi has several");
    verb.add_option("--returns", options.returns, "types of what it returns, such as uint256,string");
}

using Verb = Result<int> (*)(const Options&);
CLI::App* add_verb(CLI::App& evm, Run& run, const std::shared_ptr<Options>& options, const char* name, const char* what,
                   Verb verb) {
    auto* added = evm.add_subcommand(name, what);
    const std::string full = std::string("strata evm ") + name;
    added->callback(
        [options, verb, full, &run] { run = [options, verb, full] { return finish(verb(*options), full.c_str()); }; });
    return added;
}

}  // namespace

void add_evm(CLI::App& app, Run& run) {
    auto* evm = app.add_subcommand("evm", "deploy and call contracts on a running network");
    evm->require_subcommand(1);
    {
        auto options = std::make_shared<Options>();
        auto* verb = add_verb(*evm, run, options, "deploy", "make a contract and wait until it is there", deploy);
        verb->add_option("FILE", options->file,
                         "initcode in hexadecimal or as bytes, or the JSON of solc, Hardhat or Foundry")
            ->required();
        verb->add_option("ARGS", options->values, "arguments of the constructor, as FILE's ABI or --types says");
        verb->add_option("--types", options->types,
                         "types of the constructor's arguments, such as string,uint256, if FILE has no ABI");
        verb->add_option("--args", options->arguments, "encoded arguments of the constructor, in hexadecimal");
        verb->add_option("--contract", options->contract, "name of the contract, if FILE has several");
        add_sending(*verb, *options);
    }
    {
        auto options = std::make_shared<Options>();
        auto* verb = add_verb(*evm, run, options, "invoke", "send a transaction to a contract and wait for it", invoke);
        add_target(*verb, *options);
        add_sending(*verb, *options);
    }
    {
        auto options = std::make_shared<Options>();
        auto* verb = add_verb(*evm, run, options, "call", "ask a contract without sending a transaction", call);
        add_target(*verb, *options);
        add_access(*verb, options->access, /*signs=*/false);
        verb->add_option("--value", options->value, "FIL that go to the contract")->capture_default_str();
    }
}

}  // namespace strata::cli
