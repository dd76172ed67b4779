//! The program as people and programs meet it: the real router on a real
//! Postgres.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod accounts;
mod alerts;
mod anomalies;
mod backtest;
mod chat;
mod chat_in_place;
mod command_line;
mod connections;
mod cross_site;
mod failures;
mod fronius_push;
mod grpc;
mod grpc_crash;
mod headers;
mod import_command;
mod imports;
mod invitations;
mod isolation;
mod live;
mod mail_server;
mod mailbox;
mod messages_crash;
mod mqtt;
mod onboarding;
mod onboarding_access;
mod own_account;
mod own_data;
mod own_sites;
mod permissions;
mod prometheus;
mod quarantine;
mod readings;
mod reports;
mod resets;
mod second_factor;
mod sessions;
mod sign_in;
mod standins;
mod streams;
mod support;
mod system;
mod traces;
mod webhooks;
