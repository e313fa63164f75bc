#pragma once
// The settings of a node that its owner may choose, each with its documentation: a file in TOML, the environment and
// the command line set them, in this order (settings_file.hpp). One table says all that is known of a setting, so that
// the file, the verbs that explain it and the documentation cannot differ.
#include <functional>
#include <variant>

#include <strata/api/service.hpp>
#include <strata/chain/keep_epochs.hpp>
#include <strata/chain/pool_entry.hpp>
#include <strata/http/server.hpp>
#include <strata/net/swarm.hpp>
#include <strata/types/basic.hpp>

namespace strata::node {

struct Settings {
    // [api]
    std::string api_address = "127.0.0.1";
    std::uint16_t api_port = 0;
    api::RequestLimits api_limits;
    // [http]
    http::ServerLimits http{.lanes = {"/rpc", "/market", "/piece", "/ipfs", "/explorer"}};
    // [network]
    std::vector<std::string> listen{"/ip4/127.0.0.1/tcp/0"};
    std::vector<std::string> announce;
    std::vector<std::string> peers;
    bool bootstrap = true;
    std::size_t peers_low = 12;
    std::size_t peers_high = 32;
    net::SwarmConfig swarm;
    // [store]
    ChainEpoch keep_epochs = chain::kDefaultKeptEpochs;
    // [pool]
    chain::PoolLimits pool;
    // [provider] and [market]: empty means the value that the network's kind brings with it.
    std::optional<ChainEpoch> provider_accept_delay;
    std::optional<ChainEpoch> provider_message_confidence;
    std::optional<std::size_t> provider_batch;
    std::optional<std::int64_t> provider_max_fee;       // nanoFIL
    std::optional<std::int64_t> provider_max_post_fee;  // nanoFIL
    std::optional<std::size_t> market_max_waiting;
    std::optional<std::size_t> market_max_waiting_per_client;
    std::optional<ChainEpoch> market_data_wait;
    std::optional<ChainEpoch> market_publish_delay;
    std::optional<std::size_t> market_publish_batch;
    std::optional<std::int64_t> market_price;  // attoFIL for a GiB and an epoch
    // [wallet]
    std::string wallet_passphrase_file, wallet_passphrase_command;
    // [log]
    std::string log_levels;  // empty: the program's own choice
};

/// The value of a setting; std::monostate for one that is left to the program.
using SettingValue = std::variant<std::monostate, bool, std::int64_t, std::string, std::vector<std::string>>;

struct Setting {
    enum class Kind : std::uint8_t { flag, number, text, texts };
    std::string_view name;      // "api.port": the table and the key in TOML
    std::string_view sentence;  // what it is for
    Kind kind{};
    std::string_view unit{};  // of a number: "bytes", "seconds", "epochs", or empty for a count
    std::int64_t least = 0, most = 0;
    /// A running node takes a new value when it is told to read its settings again; others wait for the next start.
    bool is_live = false;
    std::function<SettingValue(const Settings&)> get;
    /// Takes a value of the right kind. Errors: invalid_argument, with what is allowed.
    std::function<Status(Settings&, const SettingValue&)> set;
};

/// All settings, those of one section together.
const std::vector<Setting>& all_settings();
/// Null if there is none of this name.
const Setting* find_setting(std::string_view name);
/// Returns the name that is meant by a wrong one, if one is near; empty otherwise.
std::string_view nearest_setting(std::string_view name);

/// Checks what a value demands of others. Errors: invalid_argument, naming both.
Status check_settings(const Settings& settings);

/// Returns the limits of the HTTP server: the settings', with room for the longest request and answer of the API.
http::ServerLimits server_limits(const Settings& settings);

}  // namespace strata::node
