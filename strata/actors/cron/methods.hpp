#pragma once
#include <strata/actors/native_actor.hpp>

namespace strata::actors::cron {

/// The method table of the cron actor.
std::span<const Method> methods();

}  // namespace strata::actors::cron
