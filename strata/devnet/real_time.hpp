#pragma once
// strata devnet up: runs a local network in real time until it is stopped.
#include <strata/devnet/devnet.hpp>
#include <strata/terminal/report.hpp>

namespace strata::devnet {

inline constexpr std::uint64_t kDefaultBlockDelay = 4;  // seconds
inline constexpr std::uint64_t kDefaultSectorSize = 2048;

struct UpOptions {
    std::filesystem::path folder;
    std::filesystem::path parameters;
    // These are fixed when a network is made. They are empty if the person did not give the option.
    std::optional<std::uint64_t> sector_size;
    std::optional<std::string> seed;           // default: a random one
    std::optional<std::uint64_t> block_delay;  // seconds
    std::uint16_t first_port = 1234;
    /// The option with which a verb in a second terminal finds this network, such as "--network FOLDER"; empty if it
    /// finds it by itself.
    std::string network_option;
    bool empty_blocks = false;  // as in node::NodeConfig
    // As in DevnetConfig.
    std::filesystem::path bundle;
    std::filesystem::path wasm_cache;
};

/// Returns the configuration of the folder's network, or of a new one. Errors: invalid_argument if an option differs
/// from the existing network; those of settled_config.
Result<DevnetConfig> up_config(const UpOptions& options);

/// The epoch to work on next. If `why` is not empty, the clock must be set to that epoch, and `why` is the sentence
/// that tells the person at the terminal the reason.
struct NextEpoch {
    ChainEpoch epoch = 0;
    std::string why;
};
/// Returns the epoch to work on after `epoch`, when the clock shows `now` and the head is at `head`.
NextEpoch next_epoch(ChainEpoch epoch, ChainEpoch now, ChainEpoch head);

/// Tells a person what to do next with a network that runs: where its explorer is, and the first verbs.
void tell_first_steps(const UpOptions& options, std::uint64_t sector_size, const std::string& url,
                      terminal::Report& report);

/// Runs the network until `stop`. A network that was stopped continues with the epoch after its head, as if no time had
/// passed. If the machine sleeps meanwhile, the network continues with the next epoch. Later failures of a node are
/// reported and tried again. Errors: those of up_config and Devnet::open, and of making proof keys.
Status run_up(const UpOptions& options, terminal::Report& report, const std::atomic<bool>& stop);

}  // namespace strata::devnet
